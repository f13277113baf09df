"""The provinces of Cambodia, as they stand on plates and before them, in lower case."""

from __future__ import annotations

from typing import Final

PROVINCES: Final = (
    "ភ្នំពេញ|បន្ទាយមានជ័យ|បាត់ដំបង|កំពង់ចាម|កំពង់ឆ្នាំង|កំពង់ស្ពឺ|កំពង់ធំ|កំពត|កណ្ដាល|កណ្តាល|កោះកុង|កែប|ក្រចេះ|មណ្ឌលគិរី|"
    "ឧត្ដរមានជ័យ|ឧត្តរមានជ័យ|ប៉ៃលិន|ព្រះសីហនុ|ព្រះវិហារ|ពោធិ៍សាត់|ពោធិសាត់|ព្រៃវែង|រតនគិរី|រតនៈគិរី|សៀមរាប|ស្ទឹងត្រែង|"
    "ស្វាយរៀង|តាកែវ|ត្បូងឃ្មុំ|phnom ?penh|battambang|siem ?reap|kandal|takeo|kampot|kampong \\w{3,8}|sihanouk(?:ville)?"
)
