//! What a pack may do to the tables of those that it lies over, and what its next version must keep: each said where the
//! table is declared.

/// What a pack may do to a table of the packs below it.
#[derive(Clone, Copy)]
pub(crate) enum Over {
    /// Each pack says it of itself.
    Itself,
    /// Nothing: it is the national pack's.
    Closed,
    /// New rows, of keys that none below has.
    Adds,
    /// As `Adds`, and only for what no pack below has a row of, by this column.
    AddsToItsOwn(&'static str),
    /// New rows; and one of a key that stands below already, where it is stricter.
    Tightens(&'static [Tighter]),
    /// Rights: any of its own kinds, no more than there are of those below.
    Rights,
}

/// How a column of a row may differ from the same row below. One that isn't named says the same.
pub(crate) struct Tighter {
    pub column: &'static str,
    pub how: How,
}

pub(crate) enum How {
    Freely,
    OrEmpty,
    NotLess(Weaker),
    NotMore(Weaker),
    /// No earlier of these words.
    NotBefore(&'static [&'static str], Weaker),
    /// Not less; and more only where this column of the row below names the pack's level.
    NotLessBy(&'static str, Weaker),
}

/// What a row is that weakens one below.
pub(crate) struct Weaker {
    pub code: &'static str,
    pub vi: &'static str,
    pub en: &'static str,
}

const fn freely(column: &'static str) -> Tighter {
    Tighter { column, how: How::Freely }
}

const fn how(column: &'static str, how: How) -> Tighter {
    Tighter { column, how }
}

pub(crate) const PRIVACY: &[&str] = &["open", "personal", "sensitive", "secret"];

pub(super) const FIELDS: &[Tighter] = &[
    how(
        "privacy",
        How::NotBefore(
            PRIVACY,
            Weaker {
                code: "overlay.wider-privacy",
                vi: "mức bảo mật rộng hơn gói cơ sở",
                en: "more people may know it than by the base pack",
            },
        ),
    ),
    // What is secret isn't searched.
    how("search", How::OrEmpty),
    freely("article"),
];

pub(super) const CLOCKS: &[Tighter] = &[
    how(
        "amount",
        How::NotMore(Weaker {
            code: "overlay.longer-deadline",
            vi: "thời hạn dài hơn gói cơ sở",
            en: "the deadline is longer than by the base pack",
        }),
    ),
    freely("label_vi"),
    freely("label_en"),
    freely("responsible_vi"),
    freely("responsible_en"),
    freely("article"),
    freely("certainty"),
    freely("from"),
    freely("to"),
    freely("in_force"),
];

const LOWER_NORM: Weaker = Weaker {
    code: "overlay.lower-norm",
    vi: "chuẩn này bỏ sót hộ mà gói cơ sở tính là nghèo",
    en: "the norm leaves out households that are poor by the base pack",
};

pub(super) const NORMS: &[Tighter] = &[
    how("income_norm_vnd", How::NotLess(LOWER_NORM)),
    how("average_living_vnd", How::NotLess(LOWER_NORM)),
    // Poor is who has no more of these points, and no fewer of those.
    how("b1_poor_points", How::NotLess(LOWER_NORM)),
    how("b2_poor_points", How::NotMore(LOWER_NORM)),
    freely("article"),
    freely("certainty"),
    freely("from"),
    freely("to"),
    freely("in_force"),
];

pub(super) const RATES: &[Tighter] = &[
    how(
        "vnd",
        How::NotLessBy(
            "min_of",
            Weaker {
                code: "overlay.lower-rate",
                vi: "mức thấp hơn gói cơ sở",
                en: "the amount is lower than by the base pack",
            },
        ),
    ),
    freely("label_vi"),
    freely("label_en"),
    freely("article"),
    freely("certainty"),
    freely("from"),
    freely("to"),
    freely("in_force"),
];

/// What of a row that was published may not become something else.
pub(crate) enum Past {
    /// Says the same.
    Same(&'static str, Weaker),
    /// Says the same once it says something.
    SameOnceFilled(&'static str, Weaker),
    /// None of its words goes.
    Keeps(&'static str, Weaker),
    /// No earlier of these words.
    NotBefore(&'static str, &'static [&'static str], Weaker),
    /// Stays, unless it was the first of these words.
    SameUnless(&'static str, &'static str, Weaker),
}

pub(super) const OF_KINDS: &[Past] = &[
    Past::Keeps(
        "parents",
        Weaker {
            code: "compatible.parents",
            vi: "loại này đang có bản ghi nằm dưới các loại đã công bố; không được bỏ",
            en: "records of the kind may lie under what was published; it stays",
        },
    ),
    Past::Same(
        "scope",
        Weaker {
            code: "compatible.scope",
            vi: "phạm vi của loại bản ghi đã công bố thì không đổi",
            en: "the scope of a kind that was published never changes",
        },
    ),
    Past::NotBefore(
        "immutable",
        &["", "no", "yes"],
        Weaker {
            code: "compatible.immutable",
            vi: "loại đã công bố là không sửa được thì giữ nguyên như vậy",
            en: "what was published as never changed stays so",
        },
    ),
];

pub(super) const OF_FIELDS: &[Past] = &[
    Past::Same(
        "type",
        Weaker {
            code: "compatible.type",
            vi: "kiểu của trường đã công bố thì không đổi; hãy thêm trường mới",
            en: "the type of a field that was published never changes; add another field",
        },
    ),
    Past::SameOnceFilled(
        "list",
        Weaker {
            code: "compatible.list",
            vi: "danh mục của trường đã công bố thì không đổi; hãy thêm mã vào danh mục",
            en: "the list of a field that was published never changes; add codes to it",
        },
    ),
    Past::SameUnless(
        "merge",
        "value",
        Weaker {
            code: "compatible.merge",
            vi: "cách gộp của trường đã công bố thì không được yếu đi",
            en: "how values of a published field are merged never becomes weaker",
        },
    ),
    Past::NotBefore(
        "privacy",
        PRIVACY,
        Weaker {
            code: "compatible.privacy",
            vi: "mức bảo mật rộng hơn bản đã công bố",
            en: "more people may know it than by what was published",
        },
    ),
];
