import "uplot/dist/uPlot.min.css";
import "./style.css";
import { render } from "preact";
import { App } from "./view/App.tsx";

const place = document.querySelector("#page");
if (place) render(<App />, place);
