"""Stories of calls for the tests of pictures."""

from datetime import datetime

import numpy as np

from firmware_py.core.types import AGENT, CALLER, HOPS_PER_SECOND, Cue
from firmware_py.reports.call_timeline import CallTimeline, Glimpse, Mark, Moment, Words

RED = Mark("F5", "不关我的事！", "请说：我帮您联系相关部门处理", Cue.RED, 26.8, 27.5, 27.6)
AMBER = Mark("E3", "对客户的问题置若罔闻", "客户在等您回答", Cue.AMBER, 44.0, 48.0, 48.4)
NONE = Mark("D7", "礼貌用语 <您好> & co", "本次通话没有使用礼貌用语", Cue.NONE, 50.0, 51.0, 51.0)


def call_timeline(
    seconds: float = 60.0, marks: tuple[Mark, ...] = (RED, AMBER, NONE)
) -> CallTimeline:
    """A call in which both take turns of four seconds and talk over each other for one."""
    hops = round(seconds * HOPS_PER_SECOND)
    second = np.arange(hops) / HOPS_PER_SECOND
    speaking = np.stack([second % 8 < 4, second % 8 >= 3], axis=1)
    level = np.where(speaking, -25.0, -70.0).astype(np.float32)
    assert level.shape == (hops, 1 + max(AGENT, CALLER))
    return CallTimeline(
        title="早班 <1>.wav",
        began=datetime(2026, 11, 24, 9, 5),
        rulebook="10086 咨询",
        level=level,
        speaking=speaking,
        marks=marks,
        words=(Words("A2", "上午好", 0.3, 0.9), Words("A2", "中国移动", 1.0, 1.6)),
        light=(Glimpse(Cue.RED, 27.6, 34.8), Glimpse(Cue.AMBER, 48.4, 54.4)),
        life=(Moment("start", 0.0), Moment("hold", 36.0), Moment("resume", 40.0)),
    )
