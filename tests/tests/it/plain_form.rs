//! A form of another project, as it is: published without a table, filled at a household with a picture, kept at the office.

use app::view::{AnswerValue, FinishOutcome, PageMove};
use journeys::{
    picture,
    synthetic::{self, COMMUNES},
    world::{self, World},
};
use std::fs;

#[test]
fn a_form_without_any_table_is_filled_at_a_household_and_arrives() {
    let mut world = World::open().unwrap();
    world.worker("mai", "Lý Thị Mai", COMMUNES[0].0).unwrap();
    let sheets = world.path("nuoc");
    fs::create_dir_all(&sheets).unwrap();
    let survey = "type,name,label\nselect_one yes_no,clean,Is the water clean?\ntext,note,What was seen?\n\
                  image,picture,Picture of the well\n";
    let choices = "list_name,name,label\nyes_no,1,Yes\nyes_no,0,No\n";
    for (name, text) in
        [("survey", survey), ("choices", choices), ("settings", "form_title,form_id,version\nWater,nuoc,1\n")]
    {
        fs::write(sheets.join(format!("{name}.csv")), text).unwrap();
    }
    let sheets = sheets.to_str().unwrap();
    assert!(world.hub.command(&["form", "check", sheets]).unwrap().starts_with("no errors"));
    world.hub.command(&["form", "publish", sheets]).unwrap();
    let phone = world.phone("mai").unwrap();
    let household =
        world::visit(&phone, None, &synthetic::household(8, 6), vec![picture::twelve_megapixels(2).unwrap()])
            .unwrap()
            .household_id
            .unwrap();

    let about = format!("household:{household}");
    let offered = phone.app.forms().about(about.clone()).unwrap();
    let plain = offered.iter().find(|form| form.id == "nuoc").unwrap();
    assert!(!plain.stands_alone);
    let photos = phone.app.households().view(household.clone()).unwrap().photos.len();
    let form = phone.app.forms().start("nuoc".into(), Some(about)).unwrap();
    loop {
        for question in form.page().unwrap().questions {
            let path = question.path;
            match path.as_str() {
                "/data/clean" => drop(form.answer(path, AnswerValue::Choice { value: "1".into() }).unwrap()),
                "/data/note" => {
                    drop(form.answer(path, AnswerValue::Text { text: "Nước trong".into() }).unwrap())
                }
                _ => drop(form.take_photo(path, picture::twelve_megapixels(1).unwrap()).unwrap()),
            }
        }
        if form.next().unwrap() == PageMove::AtEnd {
            break;
        }
    }
    let FinishOutcome::Finished { visit } = form.finish().unwrap() else { panic!("incomplete") };
    assert_eq!(visit.household_id.as_ref(), Some(&household));
    let summary = phone.sync().unwrap();
    assert_eq!((summary.code.as_str(), summary.held_back), ("ok", 0), "{summary:?}");
    assert_eq!(phone.app.households().view(household.clone()).unwrap().photos.len(), photos + 1);
    assert_eq!(world.hub.records("submission").unwrap(), 2);
    let page = world.console("mai").unwrap().page(&format!("/households/{household}")).unwrap();
    assert!(page.contains("Water"), "the console doesn't list it");
}
