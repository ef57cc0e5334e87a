"""What is asked for: services, topics, kinds of right and ways of serving, and how they mix."""

from __future__ import annotations

import numpy as np

from analytics.standard.services import all_services

# Relative frequency of each service; T03 is written with its sub-services, in part.
SERVICE_WEIGHTS = {
    "B01": 9.0, "B02": 20.0, "B03": 4.5, "B04": 6.0, "B05": 13.0, "B06": 4.5, "B07": 4.0, "B08": 8.5,
    "B09": 4.0, "B10": 5.5, "B11": 6.5, "B12": 2.6, "B13": 2.4, "B14": 2.4, "B15": 1.6, "B16": 1.0,
    "T01": 2.6, "T02": 2.2, "T03": 0.9, "T03.1": 0.3, "T03.2": 0.2, "T03.3": 0.3, "T03.4": 0.2, "T04": 0.7,
}  # fmt: skip
TOPICS = {
    "B01": ("国家政策解读", "本市政策解读", "资助奖励政策"),
    "B02": ("专利申请流程", "商标注册流程", "著作权登记流程", "费用减缴备案", "证书与副本"),
    "B03": ("侵权风险排查", "商标抢注预警", "海外风险提示"),
    "B04": ("侵权判断意见", "维权途径指引", "电商平台投诉", "展会维权"),
    "B05": ("专利申请引导", "商标申请引导", "著作权登记引导", "地理标志申请引导"),
    "B06": ("专利预审备案", "预审案件对接", "优先审查推荐"),
    "B07": ("纠纷调解指引", "诉讼应对指引", "海外纠纷应对"),
    "B08": ("专利检索", "商标查询", "法律状态查询"),
    "B09": ("专利导航", "竞争对手分析", "技术趋势分析"),
    "B10": ("基础知识", "申请实务", "检索实务"),
    "B11": ("4.26宣传", "园区宣传", "校园宣传"),
    "B12": ("管理体系建设", "制度文件辅导"),
    "B13": ("质押融资", "保险", "证券化"),
    "B14": ("专利转让", "专利许可", "开放许可"),
    "B15": ("登记流程", "材料准备"),
    "B16": ("存证方法", "证据固定"),
    "T01": ("重点产业专场", "产业导航"),
    "T02": ("一企一策", "上市辅导"),
    "T03": ("数字领域咨询",),
    "T03.1": ("算法保护",),
    "T03.2": ("平台合作",),
    "T03.3": ("开源合规",),
    "T03.4": ("线上线下融合",),
    "T04": ("新业态咨询",),
}
IP_TYPES = {
    "专利": 0.44, "商标": 0.28, "著作权": 0.12, "地理标志": 0.015, "集成电路布图设计": 0.015,
    "商业秘密": 0.03, "数据知识产权": 0.02, "综合": 0.08,
}  # fmt: skip
CHANNELS = ("现场", "电话", "线上", "走访", "活动")
# Working days promised for each service; what is answered at once promises one day.
PROMISED_DAYS = {
    "B03": 5, "B04": 10, "B05": 3, "B06": 7, "B07": 10, "B08": 5, "B09": 15, "B12": 10, "B13": 15,
    "B14": 15, "B15": 5, "T01": 15, "T02": 15, "T03": 10, "T04": 10,
}  # fmt: skip
_ONLY_IP_TYPE = {"B06": "专利", "B15": "数据知识产权"}
_BASE_CHANNEL = np.array([0.37, 0.25, 0.20, 0.10, 0.08])


def service_codes() -> np.ndarray:
    """Return services and sub-services in the standard's order."""
    return np.array([service.code for service in all_services()])


def draw_services(institution: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return the service of each record; every institution has its own mix and leaves some services out."""
    base = np.array([SERVICE_WEIGHTS[code] for code in service_codes()])
    mix = base * rng.gamma(4.0, 0.25, (count, len(base)))
    mix[(rng.random(mix.shape) < 0.22) & (base < 5)] = 0.0
    return np.asarray(service_codes()[_pick(mix, institution, rng)])


def draw_channels(
    institution: np.ndarray, service: np.ndarray, years: np.ndarray, count: int, rng: np.random.Generator
) -> np.ndarray:
    """Return the way of serving of each record; 线上 grows, training and publicity are held as events."""
    mix = _BASE_CHANNEL * rng.gamma(6.0, 1 / 6.0, (count, len(CHANNELS)))
    found = _pick(mix, institution, rng)
    online = rng.random(len(institution)) < 0.028 * years
    found = np.where(online, CHANNELS.index("线上"), found)
    is_event = np.isin(service, ("B01", "B10", "B11")) & (rng.random(len(service)) < 0.45)
    return np.array(CHANNELS, dtype=object)[np.where(is_event, CHANNELS.index("活动"), found)]


def draw_topics(service: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a topic within each record's service; three in ten are left blank."""
    draw = rng.random(len(service))
    found = np.full(len(service), None, dtype=object)
    for code, topics in TOPICS.items():
        rows = np.flatnonzero((service == code) & (draw < 0.7))
        found[rows] = np.array(topics, dtype=object)[(draw[rows] / 0.7 * len(topics)).astype(int)]
    return found


def draw_ip_types(service: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the kind of right; blank for one in seven."""
    found = rng.choice(np.array(list(IP_TYPES), dtype=object), len(service), p=list(IP_TYPES.values()))
    for code, kind in _ONLY_IP_TYPE.items():
        found[service == code] = kind
    found[rng.random(len(service)) < 0.14] = None
    return np.asarray(found)


def _pick(weights: np.ndarray, row: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    bounds = np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)
    bounds[:, -1] = 1.0
    return np.asarray((bounds[row] < rng.random(len(row))[:, None]).sum(axis=1))
