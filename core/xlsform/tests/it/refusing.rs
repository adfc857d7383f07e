use crate::errors;
use xlsform::Problem;

fn place(problem: &Problem) -> (&str, Option<&str>, Option<u32>, Option<&str>) {
    (problem.code, problem.sheet, problem.row, problem.column.as_deref())
}

#[test]
fn every_problem_is_told_at_once_with_its_place() {
    let errors = errors(
        "| survey |\n| | type | name | label | relevance |\n\
         | | integr | a | A | |\n\
         | | text | b b | B | |\n\
         | | text | c | C | ${aa} = 1 |\n\
         | | select_one yesno | d | D | |\n\
         | | text | c | C | |\n\
         | choices |\n| | list_name | name | label |\n| | yes_no | y | Yes |\n| | yes_no | y | Yes |",
    );
    let places: Vec<_> = errors.iter().map(place).collect();
    assert_eq!(
        places,
        [
            ("xlsform.choice-twice", Some("choices"), Some(3), Some("name")),
            ("xlsform.unknown-type", Some("survey"), Some(2), Some("type")),
            ("xlsform.bad-name", Some("survey"), Some(3), Some("name")),
            ("xlsform.unknown-list", Some("survey"), Some(5), Some("type")),
            ("xlsform.name-twice", Some("survey"), Some(6), Some("name")),
            ("xlsform.unknown-reference", Some("survey"), Some(4), Some("relevance")),
        ]
    );
    assert_eq!(errors[1].hint.as_deref(), Some("did you mean `integer`?"));
    assert_eq!(errors[3].hint.as_deref(), Some("did you mean `yes_no`?"));
}

#[test]
fn groups_must_begin_and_end() {
    let codes = |markdown: &str| errors(markdown).iter().map(|problem| problem.code).collect::<Vec<_>>();
    let head = "| survey |\n| | type | name | label |\n";
    assert_eq!(codes(&format!("{head}| | begin group | g | G |")), ["xlsform.unmatched-begin"]);
    assert_eq!(codes(&format!("{head}| | end group | | |")), ["xlsform.unmatched-end"]);
    let crossed = "| | begin group | g | G |\n| | begin repeat | r | R |\n| | text | t | T |\n| | end group | | |\n| | end repeat | | |";
    assert_eq!(codes(&format!("{head}{crossed}"))[0], "xlsform.unmatched-end");
}

#[test]
fn a_workbook_needs_a_survey() {
    let errors = errors(
        "| surve |\n| | type | name |\n| | text | a |\n| choices |\n| | list_name | name |\n| | a | b |",
    );
    assert_eq!(errors[0].code, "xlsform.no-survey");
    assert!(errors[0].hint.as_deref().unwrap().contains("surve"));
}
