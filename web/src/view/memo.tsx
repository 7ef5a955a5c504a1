import { Component, type ComponentType } from "preact";

/** A component that is drawn anew only when one of its properties is another. */
export function memo<Props extends object>(Inner: ComponentType<Props>): ComponentType<Props> {
  return class extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      const now = this.props;
      return (Object.keys(next) as (keyof Props)[]).some((key) => now[key] !== next[key]);
    }

    override render() {
      return <Inner {...this.props} />;
    }
  };
}
