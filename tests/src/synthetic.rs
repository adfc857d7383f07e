//! Invented people of real communes, the same for a seed: for the demo and for tests. Nobody here exists.

/// Three communes of Lạng Sơn (province 20), by their codes since July 2025.
pub const COMMUNES: [(&str, &str); 3] =
    [("06040", "Xã Thất Khê"), ("06325", "Xã Bắc Sơn"), ("06184", "Xã Đồng Đăng")];
pub const PROVINCE: &str = "20";

const SURNAMES: [&str; 12] =
    ["Hoàng", "Nông", "Lý", "Lương", "Vi", "Hà", "Triệu", "Đặng", "Bàn", "Nguyễn", "Chu", "Lộc"];
const WOMEN: [&str; 12] = [
    "Thị Hoà",
    "Thị Mai",
    "Thị Lan",
    "Thị Sen",
    "Thị Hương",
    "Thị Nhung",
    "Thị Đào",
    "Thị Thuỷ",
    "Thị Ngần",
    "Thị Tươi",
    "Thị Bích",
    "Thị Yến",
];
const MEN: [&str; 12] = [
    "Văn Sơn",
    "Văn Đức",
    "Minh Quân",
    "Văn Thành",
    "Văn Páo",
    "Đình Lượng",
    "Văn Khánh",
    "Văn Tài",
    "Quốc Huy",
    "Văn Bảo",
    "Văn Chính",
    "Hữu Phước",
];
const VILLAGES: [&str; 10] = [
    "Nà Pò",
    "Bản Chu",
    "Khuổi Nà",
    "Pác Luống",
    "Nà Lốc",
    "Cốc Phát",
    "Bản Piềng",
    "Nà Deng",
    "Khau Slao",
    "Đông Pỉa",
];
/// Codes of Tày, Nùng, Dao, Kinh (packs/quoc_gia/ethnic_groups.csv), as common there.
const ETHNICITIES: [&str; 4] = ["02", "07", "09", "01"];

#[derive(Debug, Clone)]
pub struct Person {
    pub name: String,
    /// `male`, `female`.
    pub sex: &'static str,
    /// As in packs/quoc_gia/relations.csv.
    pub relation: &'static str,
    pub birth_year: i32,
    pub ethnicity: &'static str,
}

#[derive(Debug, Clone)]
pub struct Household {
    pub commune: &'static str,
    pub village: &'static str,
    pub address: String,
    /// Head first.
    pub people: Vec<Person>,
    /// `solid` or `weak`, by choices of the form.
    pub wall: &'static str,
    pub water: &'static str,
    pub toilet: &'static str,
}

/// A repeatable source (xorshift64*); for fixtures only.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// 0 to `sides` - 1.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(number).unwrap_or(0) % sides.max(1)
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.roll(from.len())]
    }
}

/// Household number `n` of a seed; its commune goes around the three.
pub fn household(seed: u64, n: usize) -> Household {
    let mut dice = Dice::new(seed.wrapping_mul(1_000_003).wrapping_add(n as u64));
    for _ in 0..4 {
        dice.roll(2);
    }
    let ethnicity = dice.pick(&ETHNICITIES);
    let surname = dice.pick(&SURNAMES);
    let mut person = |sex: &'static str, relation, surname: &str, birth_year| {
        let given = if sex == "female" { dice.pick(&WOMEN) } else { dice.pick(&MEN) };
        Person { name: format!("{surname} {given}"), sex, relation, birth_year, ethnicity }
    };
    let head_year = 1948 + (n as i32 * 7) % 46;
    let mut people =
        vec![person(if n.is_multiple_of(3) { "female" } else { "male" }, "head", surname, head_year)];
    if n % 4 != 3 {
        let other = if people[0].sex == "female" { "male" } else { "female" };
        people.push(person(other, "spouse", SURNAMES[(n * 5 + 1) % SURNAMES.len()], head_year + 2));
        for child in 0..(n % 4) as i32 {
            let sex = if (n as i32 + child) % 2 == 0 { "female" } else { "male" };
            people.push(person(sex, "child", surname, (head_year + 24 + child * 3).min(2025)));
        }
    }
    let weak = dice.roll(10) < 4;
    Household {
        commune: COMMUNES[n % 3].0,
        village: dice.pick(&VILLAGES),
        address: format!("Số {}, cạnh suối, đi bộ từ nhà văn hoá thôn", 1 + dice.roll(90)),
        people,
        wall: if weak { "weak" } else { "solid" },
        water: dice.pick(&["protected_spring", "unsafe", "borehole", "tap"]),
        toilet: dice.pick(&["unsafe", "double_vault", "pour_flush", "none"]),
    }
}

#[cfg(test)]
mod tests {
    use super::household;

    #[test]
    fn a_seed_gives_the_same_people_and_another_gives_others() {
        let names = |seed| (0..50).map(|n| household(seed, n).people[0].name.clone()).collect::<Vec<_>>();
        assert_eq!(names(1), names(1));
        assert_ne!(names(1), names(2));
        let mut distinct = names(1);
        distinct.sort();
        distinct.dedup();
        assert!(distinct.len() > 20, "{} of 50 names are distinct", distinct.len());
    }
}
