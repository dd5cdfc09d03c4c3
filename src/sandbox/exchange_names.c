/*
 * The names of a large company. See exchange_names.h.
 *
 * Ascii forms contain no digit, dot or hyphen: addresses are taken apart at those. A pair of given and
 * family name stands in one script only.
 */
#include "exchange_names.h"

static const struct name latin_given[] = {
	{ "adele", "Adele" },   { "bruno", "Bruno" },   { "chloe", "Chloé" },   { "diego", "Diego" },
	{ "eva", "Éva" },       { "frode", "Frode" },   { "gulay", "Gülay" },   { "hana", "Hana" },
	{ "ines", "Inês" },     { "jurgen", "Jürgen" }, { "kasia", "Kasia" },   { "lukasz", "Łukasz" },
	{ "maja", "Maja" },     { "nils", "Nils" },     { "odin", "Odin" },     { "paula", "Paula" },
	{ "rene", "René" },     { "soren", "Søren" },   { "tuva", "Tuva" },     { "umberto", "Umberto" },
	{ "vaclav", "Václav" }, { "wenke", "Wenke" },   { "xavier", "Xavier" }, { "zofia", "Zofia" },
};

static const struct name latin_family[] = {
	{ "vance", "Vance" },         { "obrien", "O'Brien" },       { "muller", "Müller" },
	{ "santos", "dos Santos" },   { "nguyen", "Nguyễn" },        { "kowalska", "Kowalska" },
	{ "garcia", "García-López" }, { "aas", "Ås" },               { "dangelo", "D'Angelo" },
	{ "smith", "Smith" },         { "novak", "Novák" },          { "jonsson", "Jónsson" },
	{ "lefevre", "Lefèvre" },     { "yildiz", "Yıldız" },        { "vandenberg", "van den Berg" },
	{ "horvath", "Horváth" },     { "strauss", "Strauß" },       { "popescu", "Popescu" },
	{ "andersen", "Andersen" },   { "ferrari", "Ferrari" },      { "castro", "Castro" },
	{ "lindqvist", "Lindqvist" }, { "ozdemir", "Özdemir" },      { "mccarthy", "McCarthy" },
};

static const struct name cyrillic_given[] = {
	{ "anna", "Анна" },       { "boris", "Борис" }, { "vera", "Вера" },
	{ "dmitri", "Дмитрий" }, { "olena", "Олена" }, { "todor", "Тодор" },
};

static const struct name cyrillic_family[] = {
	{ "ivanova", "Иванова" },     { "petrov", "Петров" },         { "shevchenko", "Шевченко" },
	{ "dimitrova", "Димитрова" }, { "jovanovic", "Јовановић" }, { "sokolov", "Соколов" },
};

static const struct name cjk_given[] = {
	{ "wei", "伟" }, { "fang", "芳" }, { "haruto", "陽翔" }, { "sakura", "さくら" }, { "minjun", "민준" },
};

static const struct name cjk_family[] = {
	{ "wang", "王" }, { "li", "李" }, { "sato", "佐藤" }, { "suzuki", "鈴木" }, { "kim", "김" },
};

static const struct name arabic_given[] = {
	{ "fatima", "فاطمة" }, { "omar", "عمر" }, { "layla", "ليلى" }, { "yusuf", "يوسف" },
};

static const struct name arabic_family[] = {
	{ "haddad", "حداد" }, { "khalil", "خليل" }, { "mansour", "منصور" }, { "nasser", "ناصر" },
};

static const struct name hebrew_given[] = {
	{ "noa", "נועה" }, { "avi", "אבי" }, { "tamar", "תמר" },
};

static const struct name hebrew_family[] = {
	{ "cohen", "כהן" }, { "levi", "לוי" }, { "mizrahi", "מזרחי" },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define SCRIPT(name, family_first) \
	{ name##_given, name##_family, COUNT(name##_given), COUNT(name##_family), family_first }

const struct name_script name_scripts[] = {
	SCRIPT(latin, false),  SCRIPT(cyrillic, false), SCRIPT(cjk, true),
	SCRIPT(arabic, false), SCRIPT(hebrew, false),
};
const size_t name_script_count = COUNT(name_scripts);

const struct name_dress name_dresses[] = {
	/* What a spreadsheet would run. */
	{ 64, 17, "=", " ", "", false },
	{ 64, 29, "+", " ", "", false },
	{ 64, 41, "-", " ", "", false },
	{ 64, 53, "@", " ", "", false },
	{ 512, 205, "\t=", " ", "", false },
	/* What a separated list would break on. */
	{ 16, 5, "", ", ", "", true },
	{ 32, 11, "", " \"Ace\" ", "", false },
	{ 512, 131, "", "\n", "", false },
	/* What is wider or narrower than its bytes. */
	{ 32, 23, "", " ", " 🚀", false },
	{ 64, 37, "👩‍🔧 ", " ", "", false },
	{ 128, 74, "", " ", " (ext)\u00a0e\u0301", false },
	/* What would drive a terminal. */
	{ 512, 97, "\033[31m", " ", "\033[0m", false },
	{ 512, 163, "\u202e", " ", "", false },
	{ 512, 227, "\033]0;owned\a", " ", "", false },
	{ 512, 291, "", " ", "\xc2\x9b" "2J", false },
};
const size_t name_dress_count = COUNT(name_dresses);

const struct name name_teams[NAME_TEAMS] = {
	{ "sales", "Sales" },     { "support", "Support" },     { "billing", "Billing" },
	{ "press", "Presse" },    { "careers", "Karriere" },    { "legal", "Legal & Compliance" },
	{ "orders", "Orders" },   { "returns", "Returns" },     { "security", "Security <CERT>" },
	{ "events", "Événements" }, { "facilities", "Facilities" }, { "feedback", "Feedback" },
};

const struct name name_rooms[NAME_ROOMS] = {
	{ "lisbon", "Lisbon" }, { "kyiv", "Київ" },     { "tokyo", "東京" },   { "cairo", "القاهرة" },
	{ "oslo", "Oslo" },     { "zurich", "Zürich" }, { "lima", "Lima" },   { "reykjavik", "Reykjavík" },
	{ "hanoi", "Hà Nội" },  { "lagos", "Lagos" },
};

const struct name name_things[NAME_THINGS] = {
	{ "projector", "Projector" }, { "van", "Van" },       { "laptop", "Laptop" },
	{ "camera", "Camera" },       { "scanner", "Scanner" }, { "drone", "Drone" },
};
