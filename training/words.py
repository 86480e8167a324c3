"""The words the training set is made of, and makers of words that nobody has seen.

A model that has learnt a list of names by heart fails on the next name. So most names here are made up on the spot:
pronounceable syllables, random letters, other scripts. `SEEN` words are trained on; `UNSEEN` words appear in the
quality table and the tests alone, and `Words` never mixes the two.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random


@dataclasses.dataclass(frozen=True)
class Lists:
    """The real words of one side of the split."""

    first: tuple[str, ...]
    last: tuple[str, ...]
    cities: tuple[str, ...]
    countries: tuple[str, ...]
    jobs: tuple[str, ...]
    products: tuple[str, ...]
    hobbies: tuple[str, ...]
    domains: tuple[str, ...]


def _split(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.replace("\n", " ").split(",") if word.strip())


SEEN = Lists(
    first=_split("""
        Jason, John, Jane, Alice, Bob, Carol, Dave, Mary, Tom, Anna, Emma, Noah, Liam, Olivia, Lucas, Mia, Peter, Paul,
        Maria, José, Jürgen, Zoë, Renée, Søren, Łukasz, Žofia, Çağla, Ünal, Amélie, Chloé, Björn, Åsa, Íñigo, Niño,
        Aisha, Omar, Fatima, Yusuf, Wei, Li, Ming, Yuki, Haruto, Sakura, Priya, Arjun, Ravi, Ananya, Kwame, Ama,
        Chidi, Ngozi, Thabo, Lerato, Ivan, Olga, Dmitri, Svetlana, Giulia, Marco, Luca, Sofia, Carlos, Lucía, Diego,
        Camila, João, Inês, Pedro, Beatriz, Klaus, Heike, Stefan, Ute, Erik, Ingrid, Lars, Freya, Aoife, Seán, Niamh,
        Jack, Harry, Amelia, Isla, George, Ava, Leo, Ella, Max, Ruth, Sam, Alex, Chris, Pat, Kim, Al, Jo, Bo, Ed, Mo,
        Sarah, David, Michael, Linda, James, Robert, Patricia, Jennifer, William, Elizabeth, Barbara, Richard, Susan,
        Joseph, Jessica, Thomas, Karen, Charles, Nancy, Daniel, Lisa, Matthew, Betty, Anthony, Sandra, Mark, Ashley"""),
    last=_split("""
        Smith, Jones, Brown, Miller, Davis, García, Martínez, López, Müller, Schmidt, Weiß, Fischer, O'Brien, O'Neill,
        McDonald, MacLeod, Dubois, Lefèvre, Moreau, Rossi, Bianchi, Ferrari, Silva, Santos, Gonçalves, Novák, Dvořák,
        Kowalski, Wójcik, Ivanov, Petrova, Andersson, Øvergård, Nielsen, van den Berg, de Vries, Jansen, Tanaka, Sato,
        Kim, Park, Nguyen, Tran, Chen, Wang, Singh, Patel, Khan, Haddad, Okafor, Mensah, Dlamini, Papadopoulos,
        Y\u0131lmaz,
        Smith-Jones, Doe, Lee, Wu, Clark, Lewis, Walker, Hall, Young, King, Wright, Hill, Green, Baker, Adams"""),
    cities=_split("""
        Paris, London, Berlin, Rome, Madrid, Lisbon, Vienna, Prague, Warsaw, Athens, Dublin, Oslo, Stockholm, Helsinki,
        New York, Los Angeles, San Francisco, Chicago, Boston, Seattle, Austin, New Orleans, Salt Lake City, Toronto,
        Montréal, Québec, Mexico City, São Paulo, Rio de Janeiro, Buenos Aires, Bogotá, Lima, Santiago, Zürich, Genève,
        München, Köln, Düsseldorf, Málaga, Córdoba, Łódź, Kraków, Brno, Győr, Tromsø, Malmö, Århus, Tokyo, Kyoto, Osaka,
        Seoul, Busan, Beijing, Shanghai, Hong Kong, Singapore, Bangkok, Hanoi, Ho Chi Minh City, Mumbai, Delhi, Chennai,
        Lahore, Dhaka, Cairo, Lagos, Accra, Nairobi, Cape Town, Addis Ababa, Tel Aviv, Istanbul, Tehran, Dubai, Sydney,
        Melbourne, Auckland, Stoke-on-Trent, St. Louis, Aix-en-Provence, Bath, York, Ulm, Bonn, Nice, Cork, Bari"""),
    countries=_split("""
        France, Germany, Italy, Spain, Portugal, Austria, Poland, Greece, Ireland, Norway, Sweden, Finland, Denmark,
        the Netherlands, Belgium, Switzerland, Canada, Mexico, Brazil, Argentina, Chile, Peru, Japan, South Korea,
        China, India, Thailand, Vietnam, Egypt, Nigeria, Ghana, Kenya, South Africa, Turkey, Australia, New Zealand,
        the United States, England, Scotland, Côte d'Ivoire, Türkiye, Iran, Cuba, USA, UK"""),
    jobs=_split("""
        teacher, nurse, doctor, engineer, carpenter, plumber, baker, butcher, lawyer, accountant, painter, pilot, chef,
        farmer, journalist, librarian, mechanic, musician, photographer, designer, data analyst, software developer,
        project manager, bus driver, shop assistant, police officer, firefighter, research scientist, tax adviser,
        product manager, dentist, gardener, tailor, waiter, student, sales manager, welder, midwife, clerk"""),
    products=_split("""
        apples, laptops, books, chairs, tables, phones, lamps, pens, notebooks, keyboards, monitors, bicycles, shoes,
        shirts, coffee mugs, tea pots, umbrellas, backpacks, tents, candles, guitars, cables, batteries, desk lamps,
        garden gnomes, office chairs, USB sticks, water bottles, red mugs, wool socks, hats, knives, rugs, bolts"""),
    hobbies=_split("""
        chess, hiking, cooking, reading, swimming, painting, cycling, gardening, dancing, climbing, fishing, yoga,
        running, singing, tennis, football, sailing, knitting, poker, skiing, video games, board games, bird watching,
        jazz, cats, pottery, surfing, baking"""),
    domains=_split("example.com, mail.org, post.net, acme.io, uni.edu, web.de, corp.co.uk, test.fr, inbox.eu, home.nl"),
)

UNSEEN = Lists(
    first=_split("""
        Gregory, Victoria, Dominic, Hannah, Felix, Quentin, Xavier, Beatrix, Rosalind, Cuthbert, Siobhán, Håkon, Åke,
        Eugène, Anaïs, Tomáš, Jiří, Márta, Zsófia, Nuño, Ramón, Ibrahim, Zainab, Hiroshi, Keiko, Deepak, Lakshmi,
        Oluwaseun, Adaeze, Sipho, Nomvula, Boris, Tatiana, Fabrizio, Chiara, Joaquín, Valentina, Tiago, Mafalda,
        Wolfgang, Gudrun, Torsten, Eino, Caoimhe, Pádraig, Ken, Una, Gus, Wanda, Herbert, Agatha, Clyde, Phoebe"""),
    last=_split("""
        Thompson, Whitaker, Fitzgerald, Castellano, Hernández, Ibáñez, Schröder, Großmann, O'Sullivan, McKenzie,
        Beauchamp, Chevalier, Lombardi, Esposito, Carvalho, Procházka, Szczepański, Volkov, Lindqvist, Sørensen,
        van der Meer, Watanabe, Suzuki, Choi, Pham, Zhou, Gupta, Qureshi, Mansour, Adeyemi, Boateng, Nkosi, Stavros,
        Özdemir, Parker-Bowles, Ray, Ito, Vance, Holloway, Pemberton"""),
    cities=_split("""
        Lyon, Hamburg, Naples, Valencia, Porto, Graz, Bratislava, Gdańsk, Thessaloniki, Galway, Bergen, Göteborg,
        San Diego, Las Vegas, Philadelphia, Baton Rouge, Vancouver, Trois-Rivières, Guadalajara, Belém, Montevideo,
        Bâle, Nürnberg, Cádiz, Wrocław, Plzeň, Székesfehérvár, Ålesund, Sapporo, Daegu, Guangzhou, Kuala Lumpur,
        Da Nang, Bangalore, Karachi, Alexandria, Kumasi, Mombasa, Port Elizabeth, Haifa, Ankara, Shiraz, Doha, Perth,
        Christchurch, Weston-super-Mare, St. Gallen, Rye, Metz, Gent"""),
    countries=_split("""
        Hungary, Iceland, Croatia, Romania, Bolivia, Uruguay, Ecuador, Mongolia, Malaysia, Nepal, Morocco, Senegal,
        Tanzania, Botswana, Jordan, Fiji, the Philippines, Costa Rica, São Tomé, Åland, Malta, Oman"""),
    jobs=_split("""
        architect, pharmacist, electrician, barber, translator, surgeon, florist, blacksmith, economist, actuary,
        truck driver, web developer, flight attendant, security guard, optician, sculptor, judge, cook, miner"""),
    products=_split("""
        bananas, tablets, magazines, sofas, bookshelves, headphones, mirrors, pencils, printers, scooters, boots,
        jackets, wine glasses, sleeping bags, violins, routers, floor lamps, toasters, screws, paint brushes"""),
    hobbies=_split("""
        archery, photography, karaoke, judo, origami, skating, rowing, theatre, opera, fencing, table tennis,
        rock climbing, calligraphy, dogs, juggling, woodwork"""),
    domains=_split("sample.net, firm.biz, school.ac.uk, letter.se, zeta.dev, firma.pl"),
)

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
SUFFIXES = ("Ltd", "Inc.", "GmbH", "AG", "LLC", "& Sons", "Corp", "S.A.", "Group", "Labs", "Bank", "Co.")

_ONSETS = _split(
    "b, c, d, f, g, h, j, k, l, m, n, p, r, s, t, v, w, y, z, br, ch, cl, cr, dr, fl, fr, gl, gr, kh, kl, kn, kr, "
    "ll, mc, ph, pl, pr, qu, rh, sc, sh, sk, sl, sm, sn, sp, st, str, sv, th, tr, ts, tw, vl, wh, x, zh, ç, ñ, š, ž"
)
_VOWELS = _split(
    "a, e, i, o, u, a, e, i, o, y, ai, au, ea, ee, ei, ia, ie, io, oa, oo, ou, á, é, í, ó, ú, ä, ö, ü, å, ø, è"
)
_CODAS = _split(
    "b, ck, d, g, k, l, ll, m, n, n, nd, ng, nn, nt, p, r, r, rd, rn, rs, rt, s, s, sh, ss, st, t, tt, x, z"
)
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_ACCENTED = "àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿāăąćčďđēėęěğīįıłńňőœřśşšťūůűźżž"
_SCRIPTS = (
    "абвгдежзийклмнопрстуфхцчшщыьэюяіїёў",
    "αβγδεζηθικλμνξοπρστυφχψωάέήίόύώ",
    "אבגדהוזחטיכלמנסעפצקרשת",
    "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "अआइईउऊएकखगघचजटडतदनपबमयरलवशसह",
    "가나다라마바사아자차카타파하김이박최정강조윤장임한오서신권황안송류홍",
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろアイウエオカキクケコサシスセソタナハマヤラン",
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭林何高梁明华强丽伟芳娜秀英敏静东京都市北海道山川田中村木",
)


class Words:
    """Draws words for one text; the same generator gives the same words.

    Args:
        random: Where the choices come from.
        lists: `SEEN` or `UNSEEN`.
        made_up: Share of names and cities that are invented instead of drawn from the lists.
    """

    def __init__(self, random: random.Random, lists: Lists = SEEN, *, made_up: float = 0.6) -> None:
        self.random = random
        self.lists = lists
        self.made_up = made_up

    def _pick(self, words: tuple[str, ...]) -> str:
        return self.random.choice(words)

    def syllables(self, low: int = 1, high: int = 3) -> str:
        """A pronounceable word in lower case of `low` to `high` syllables."""
        r = self.random
        word = "".join(
            (r.choice(_ONSETS) if r.random() < 0.85 else "") + r.choice(_VOWELS) for _ in range(r.randint(low, high))
        )
        return word + (r.choice(_CODAS) if r.random() < 0.7 else "") if len(word) > 1 else word + "n"

    def letters(self) -> str:
        """Two to seven random letters in lower case: nothing but copying helps."""
        r = self.random
        alphabet = _LATIN if r.random() < 0.8 else _LATIN + _ACCENTED
        return "".join(r.choice(alphabet) for _ in range(r.randint(2, 7)))

    def script(self) -> str:
        """Two to seven letters of a script other than Latin."""
        r = self.random
        weights = (6, 4, 1, 1, 1, 1, 1, 2)
        alphabet = r.choices(_SCRIPTS, weights)[0]
        high = 7 if alphabet in _SCRIPTS[:2] else 4
        return "".join(r.choice(alphabet) for _ in range(r.randint(2, high))).capitalize()

    def invented(self) -> str:
        """A capitalised word that stands in no list."""
        roll = self.random.random()
        if roll < 0.78:
            return self.syllables().capitalize()
        if roll < 0.96:
            return self.letters().capitalize()
        return self.script()

    def _name_of(self, words: tuple[str, ...]) -> str:
        return self.invented() if self.random.random() < self.made_up else self._pick(words)

    def name(self) -> str:
        """A person: a first name, mostly a last name, now and then a middle one or a title."""
        r = self.random
        parts = [self._name_of(self.lists.first)]
        if r.random() < 0.6:
            if r.random() < 0.08:
                parts.append(r.choice([f"{r.choice('ABCDEFGHJKLMNPRST')}.", self._name_of(self.lists.first)]))
            last = self._name_of(self.lists.last)
            if r.random() < 0.05:
                last = f"{last}-{self._name_of(self.lists.last)}"
            parts.append(last)
        name = " ".join(parts)
        roll = r.random()
        return name.lower() if roll < 0.04 else name.upper() if roll < 0.06 else name

    def city(self) -> str:
        """A city of one to three words."""
        r = self.random
        if r.random() >= self.made_up:
            return self._pick(self.lists.cities)
        word = self.invented()
        roll = r.random()
        if roll < 0.1:
            return f"{r.choice(('New', 'San', 'Port', 'Bad', 'Saint', 'El', 'Fort', 'Upper'))} {word}"
        if roll < 0.16:
            return word + r.choice((" City", " Springs", "-am-See", " Falls", "-sur-Mer", " Town"))
        return word

    def country(self) -> str:
        """A country."""
        return self.invented() if self.random.random() < self.made_up / 2 else self._pick(self.lists.countries)

    def job(self) -> str:
        """A job, in lower case."""
        r = self.random
        if r.random() < self.made_up / 2:
            return self.syllables(2, 4) + r.choice(("er", "or", "ist", " officer", " maker", " worker"))
        job = self._pick(self.lists.jobs)
        return f"{r.choice(('senior', 'junior', 'retired', 'chief', 'trainee'))} {job}" if r.random() < 0.12 else job

    def product(self) -> str:
        """Things that are bought, in the plural."""
        if self.random.random() < self.made_up / 2:
            return self.syllables(1, 3) + self.random.choice(("s", "s", "ers", " boxes", " sets"))
        return self._pick(self.lists.products)

    def company(self) -> str:
        """A company, often with its legal form."""
        r = self.random
        word = self.invented() if r.random() < 0.75 else self._name_of(self.lists.last)
        return f"{word} {r.choice(SUFFIXES)}" if r.random() < 0.5 else word

    def hobby(self) -> str:
        """Something to do in the evening, in lower case."""
        return self.syllables(2, 4) if self.random.random() < self.made_up / 2 else self._pick(self.lists.hobbies)

    def email(self) -> str:
        """An address."""
        r = self.random
        first = self._ascii(self._pick(self.lists.first)) if r.random() < 0.5 else self._ascii(self.syllables())
        local = first + (r.choice((".", "_", "-", "")) + self._ascii(self.syllables(1, 3)) if r.random() < 0.5 else "")
        if r.random() < 0.3:
            local += str(r.randint(1, 99))
        domain = (
            f"{self._ascii(self.syllables(1, 3))}.{r.choice(('com', 'org', 'net', 'io', 'de', 'fr', 'co.uk', 'info'))}"
            if r.random() < 0.6
            else self._pick(self.lists.domains)
        )
        return f"{local}@{domain}"

    @staticmethod
    def _ascii(word: str) -> str:
        return "".join(letter for letter in word.lower() if letter in _LATIN) or "x"

    def phone(self) -> str:
        """A telephone number of one spelling or another."""
        r = self.random
        groups = ["".join(str(r.randint(0, 9)) for _ in range(r.randint(2, 4))) for _ in range(r.randint(2, 4))]
        text = r.choice((" ", "-", " ")).join(groups)
        return f"+{r.randint(1, 99)} {text}" if r.random() < 0.5 else text

    def code(self) -> str:
        """An order number or the like."""
        r = self.random
        letters = "".join(r.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(r.randint(1, 3)))
        return f"{letters}{r.choice(('-', '', '/'))}{r.randint(10, 99999)}"
