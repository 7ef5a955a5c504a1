"""What agents say in each situation: right, and with something left out or said otherwise."""

from dataclasses import dataclass

Parts = tuple[str | float, ...]


@dataclass(frozen=True)
class Attempt:
    """Two rounds of one situation."""

    right: Parts
    """Texts, and seconds of pause."""
    wrong: Parts
    missing: str
    """The one text that the wrong round leaves out."""


ATTEMPTS = {
    "opening-05": Attempt(
        ("早上好，中国移动，很高兴为您服务！",), ("晚上好，中国移动，很高兴为您服务！",), "早上好"
    ),
    "closing": Attempt(
        ("请问我刚才给您的解释您明白吗？", 2.3, "感谢您使用中国移动，祝您生活愉快，再见。"),
        ("请问还有别的问题没有？", 2.3, "感谢您使用中国移动，祝您生活愉快，再见。"),
        "请问我刚才给您的解释您明白吗",
    ),
    "closing-complaint": Attempt(
        ("请问我的答复能否解决您的问题？", 2.3, "请您不要挂机，稍后请对我的服务做出评价，好吗？"),
        ("请问我的答复能否解决您的问题？", 2.3, "稍后请对我的服务做出评价，好吗？"),
        "请您不要挂机",
    ),
    "callback-opening": Attempt(
        ("这里是中国移动10086，您现在接听的电话是免费的。请问您是王先生吗？",),
        ("这里是中国移动10086。请问您是王先生吗？",),
        "您现在接听的电话是免费的",
    ),
    "callback-closing": Attempt(
        (
            "感谢您对中国移动一如既往的支持，欢迎您有疑问随时拨打10086,",
            "我们将竭诚为您服务。",
        ),
        ("感谢您对中国移动一如既往的支持，我们将竭诚为您服务。",),
        "欢迎您有疑问随时拨打",
    ),
    "quiet-caller": Attempt(
        ("对不起，请您说话声音大一点，好吗？",),
        ("对不起，我在听。",),
        "对不起，请您说话声音大一点，好吗 / 对不起，请您再重复一遍好吗",
    ),
    "wait": Attempt(
        ("对不起，请您稍等，我帮您查询一下。",), ("对不起，我帮您查询一下。",), "请您稍等"
    ),
    "no-answer": Attempt(
        ("对不起，请您留下联系电话，我们稍后帮您查询一下，再给您答复，好吗？",),
        ("对不起，我们稍后帮您查询一下，再给您答复，好吗？",),
        "请您留下联系电话",
    ),
    "number": Attempt(
        ("我是1001号客户代表，如服务不周，请您指教。",),
        ("我是1001号客户代表，很高兴认识您。",),
        "如不周，请您指教",
    ),
    "silent-call": Attempt(
        (
            "上午好，中国移动，很高兴为您服务！",
            3.3,
            "请问您需要咨询移动业务吗？",
            "对不起，如不咨询，请您挂机，谢谢配合！",
        ),
        ("上午好，中国移动，很高兴为您服务！", 3.3, "对不起，如不咨询，请您挂机，谢谢配合！"),
        "请问您需要咨询移动业务吗",
    ),
}
