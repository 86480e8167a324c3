"""Texts of many kinds with the tokens that real tokenizers make of them: SmolLM2's (49,152) and Qwen2.5's (151,936)."""
# ruff: noqa: RUF001 (texts in other scripts)

from __future__ import annotations

from typing import NamedTuple


class Tokenized(NamedTuple):
    text: str
    smollm2: int
    qwen: int


TOKENIZED = {
    "English": Tokenized(
        "The committee met on Tuesday to discuss the new bridge over the river. Several residents complained about the noise, and the engineer promised a report before the end of the month. Nobody mentioned the budget. ",
        40,
        40,
    ),
    "German": Tokenized(
        "Der Ausschuss traf sich am Dienstag, um über die neue Brücke zu beraten. Mehrere Anwohner beschwerten sich über den Baulärm, und die Ingenieurin versprach einen Bericht bis Monatsende. Niemand sprach von den Kosten. ",
        83,
        63,
    ),
    "Chinese": Tokenized(
        "委员会星期二开会讨论河上新桥的建设。几位居民抱怨噪音太大，工程师答应在月底之前提交报告。没有人提到预算，市长说冬天之前一定会完工，但是许多人并不相信这个说法。",
        141,
        44,
    ),
    "Japanese": Tokenized(
        "委員会は火曜日に集まり、川に架かる新しい橋について話し合いました。何人かの住民が騒音について苦情を言い、技術者は月末までに報告書を出すと約束しました。予算のことは誰も口にしませんでした。",
        166,
        64,
    ),
    "Arabic": Tokenized(
        "اجتمعت اللجنة يوم الثلاثاء لمناقشة الجسر الجديد فوق النهر. اشتكى عدد من السكان من الضوضاء، ووعد المهندس بتقديم تقرير قبل نهاية الشهر. لم يذكر أحد الميزانية. ",
        146,
        53,
    ),
    "numbers": Tokenized(
        "4711 38.50 1200 77 0.125 98431 16 2024 5.75 330 81726 9.99 64 1048576 12.5 7 ",
        77,
        77,
    ),
    "code": Tokenized(
        "def total(items, rate=0.19):\n    result = 0\n    for item in items:\n        if item.price is None:\n            continue\n        result += item.price * (1 + rate)\n    return round(result, 2)\n\n",
        55,
        52,
    ),
    "JSON": Tokenized(
        '{"id": 4711, "name": "Dune", "tags": ["novel", "desert"], "price": 12.5, "stock": {"here": 3}},\n',
        47,
        45,
    ),
    "base64": Tokenized(
        "uCRNAomB1pOve0Vq+O+kytY9KC4Z/xSULCRuUNk1HSJwSoAqccNYC2Nw3kzrKTwySoQjNCVX1OXDhDjw42kQ7ntUtmg2wfvdE9JEHZ4UNNxiymd/to9f5mpGS6rezb0AV2+Na1rDvMgIRLfVCxzGYDREu+fPz4/Aqh7jxjbZ4zn6uEjJtleoU+43wJy/3RSdCzgHsZHd6bYjzNlSgd0YcFtIyJsVA5A4RbuldTlFNR/mtFSFJ2D3NSnPAcqPadzK5Fv1gX3flKovekBwcfDu3GvrmPdotM0z0RdtRNFWOkWl1yEikOt2cMZ4axNZGu2shkeJk4leiyTmEgFKuqa6BA==",
        275,
        251,
    ),
    "hexadecimal": Tokenized(
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459adbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986084fed08b978af4d7d196a7446a86b58009e636b611db16211b65a9aadff29c5",
        230,
        226,
    ),
    "capitals": Tokenized(
        "SOILLPB KWSUACF TZUIYWF QZTGQNI RXUGBMB ROMCBYM AWKDNBX RHTUZAL KJAWTAG LZZSUGD NCZSTWU CPEPWLX LDEJKYX SLAJZOS JXWEJAK AGSHSJL NMYTTPM IWXGONC VBCFMGN SRPTQKL CXBULUW WTINGBB XWWZAMZ QTRJSFX ZOUBVTK XVHNIJC XEHIJMM YLMQPZP AOMLICI MSZWKMC",
        149,
        132,
    ),
    "single letters": Tokenized(
        "A: B, c d e. F) g / h - I; j ",
        18,
        18,
    ),
    "a table": Tokenized(
        "| item 4 | 12.50 | 7 |\n| item 5 | 13.75 | 0 |\n",
        32,
        30,
    ),
    "XML": Tokenized(
        '<item id="4"><name>Dune</name><price currency="EUR">12.5</price></item>',
        29,
        26,
    ),
    "addresses": Tokenized(
        "https://example.com/a/b?c=d&e=f%20g#h, j.doe+test@example.co.uk, IBAN DE89 3704 0044 0532 0130 00\n",
        66,
        56,
    ),
    "a log": Tokenized(
        "2024-05-17T12:33:01.123Z INFO [worker-3] com.acme.Service - id=4711 took 12ms\n",
        50,
        47,
    ),
    "a rule": Tokenized(
        "========================================================================================================================================================================================================",
        4,
        4,
    ),
    "blank space": Tokenized(
        "x      y\t\t\n\n\n    z",
        6,
        7,
    ),
    "Vietnamese": Tokenized(
        "Ủy ban họp vào thứ Ba để thảo luận về cây cầu mới bắc qua sông. Nhiều người dân phàn nàn về tiếng ồn.",
        84,
        31,
    ),
    "Finnish": Tokenized(
        "Toimikunta kokoontui tiistaina keskustelemaan uudesta sillasta. Asukkaat valittivat melusta.",
        38,
        34,
    ),
    "Russian": Tokenized(
        "Комитет собрался во вторник, чтобы обсудить новый мост через реку. Жители жаловались на шум.",
        70,
        32,
    ),
    "Hindi": Tokenized(
        "समिति ने मंगलवार को नदी पर नए पुल पर चर्चा करने के लिए बैठक की।",
        68,
        56,
    ),
    "Thai": Tokenized(
        "คณะกรรมการประชุมเมื่อวันอังคารเพื่อหารือเรื่องสะพานใหม่ข้ามแม่น้ำ",
        118,
        31,
    ),
    "Korean": Tokenized(
        "위원회는 화요일에 모여 강 위의 새 다리에 대해 논의했다.",
        65,
        22,
    ),
    "rare characters": Tokenized(
        "一乡仂伣侄俥偆傧儈兩凊别劌勭华厯吐呱哒唳喔嗵噖嚷團坹埚堻墜壽奞妿娠媁嫢孃室尅屦峇崨嶉巪幋庬弍彮忏怰悑惲慓憴戕扶拗挸掙揺摛",
        145,
        93,
    ),
    "emoji": Tokenized(
        "🎉🚀👩\u200d👩\u200d👧\u200d👦✨🇩🇪",
        32,
        15,
    ),
    "long words": Tokenized(
        "Considerable precipitation overwhelmed neighbourhoods throughout international communities. ",
        11,
        11,
    ),
}
