"""Districts with like functions in the city, whom a district may want to stand beside.

After the master plan of Beijing, 《北京城市总体规划（2016年—2035年）》: the six districts of the centre; the
sub-centre (通州) and the new towns of the plain, 亦庄 being 经开区; the districts that keep the environment.
昌平 and 房山 are of the last with their mountains only, and stand among the new towns.
"""

from __future__ import annotations

FUNCTIONAL_ZONES: dict[str, tuple[str, ...]] = {
    "centre": ("110101", "110102", "110105", "110106", "110107", "110108"),
    "plain": ("110112", "110113", "110114", "110115", "110111", "BDA"),
    "ecology": ("110109", "110116", "110117", "110118", "110119"),
}
