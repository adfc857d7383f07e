//! Articles behind grounds.

use chrono::NaiveDate;
use rulebook::{Certainty, Lang, Pack, Rulebook, check};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn names(rulebook: &Rulebook, ground: &str, on: &str) -> Vec<String> {
    rulebook.articles(ground, day(on)).iter().map(|article| article.name()).collect()
}

#[test]
fn a_ground_leads_to_its_articles_with_whatever_stands_beside_it() {
    let rulebook = Rulebook::built_in().unwrap();
    let of = |ground| names(&rulebook, ground, "2026-12-01");
    let (here, there) = ("Nghị định 56/2017/NĐ-CP Điều 26", "Nghị định 56/2017/NĐ-CP Điều 31");
    assert_eq!(
        of("Nghị định 56/2017/NĐ-CP Điều 26 khoản 3, Điều 31 khoản 2 (mốc bắt đầu chưa xác nhận)"),
        [here, there]
    );
    assert_eq!(of("NĐ 56/2017/NĐ-CP Điều 26 khoản 2, khoản 3 điểm a"), [here]);
    assert_eq!(of("Nghị định 56/2017/NĐ-CP"), ["Nghị định 56/2017/NĐ-CP"]);
    assert!(of("Nghị định 56/2017/NĐ-CP Điều 99").is_empty());
    assert!(of("theo thông lệ, Điều 26").is_empty());
    let [article] = rulebook.articles(here, day("2026-12-01"))[..] else { panic!("one article") };
    assert!(article.told(Lang::Vi).starts_with("Tóm tắt, không phải nguyên văn: "));
    assert!(article.told(Lang::En).starts_with("A summary, not the wording: "));
    assert_eq!(article.holds(Lang::Vi), "từ 01/07/2017");
}

#[test]
fn an_article_that_holds_no_more_is_shown_as_it_stood_last() {
    let rows = [
        "Nghị quyết 1/2020/NQ-HĐND,Điều 2,A,A,một,one,2020-01-01,2021-12-31,,confirmed",
        "Nghị quyết 1/2020/NQ-HĐND,Điều 2,A,A,hai,two,2022-01-01,2023-12-31,,unconfirmed",
        "Nghị quyết 1/2020/NQ-HĐND,Điều 2 khoản 3,A,A,ba,,2024-01-01,,2024-07-01,practice",
    ];
    let pack = Pack::built_in();
    let articles = String::from_utf8_lossy(pack.file("articles.csv").unwrap());
    let rulebook = Rulebook::with(&[("articles.csv", &format!("{articles}{}\n", rows.join("\n")))]).unwrap();
    let text = |place: &str, on: &str| {
        let found = rulebook.articles(&format!("Nghị quyết 1/2020/NQ-HĐND {place}"), day(on));
        let [one] = found[..] else { panic!("one article: {found:?}") };
        one.text.vi.clone()
    };
    assert_eq!(text("Điều 2", "2021-12-31"), "một");
    assert_eq!(text("Điều 2 khoản 1", "2022-01-01"), "hai");
    assert_eq!(text("Điều 2", "2026-01-01"), "hai");
    assert_eq!(text("Điều 2", "2019-01-01"), "một");
    assert_eq!(text("Điều 2 khoản 3 điểm b", "2024-02-01"), "ba");
    let clause = rulebook.articles("1/2020/NQ-HĐND Điều 2 khoản 3", day("2026-01-01"))[0];
    assert_eq!(clause.certainty, Certainty::Practice);
    assert_eq!(clause.told(Lang::En), "A summary, not the wording: ba");
    assert_eq!(clause.holds(Lang::En), "from 01/01/2024 (in force 01/07/2024)");
}

#[test]
fn a_pack_from_before_there_were_articles_is_read_all_the_same() {
    let mut pack = Pack::built_in();
    pack.remove("articles.csv");
    assert_eq!(check(&pack).problems, []);
    assert!(
        names(&Rulebook::read(&pack).unwrap(), "Nghị định 56/2017/NĐ-CP Điều 26", "2026-12-01").is_empty()
    );
}
