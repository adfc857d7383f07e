//! An office's own packs, written as its people would: one folder of tables and a form.

use anyhow::Result;
use chrono::{Days, NaiveDate};
use journeys::synthetic::Dice;
use std::{fs, path::Path};

/// A kind that this program has never heard of, with its form.
pub struct NewKind {
    pub kind: String,
    pub label: [String; 2],
    pub form: String,
    /// It moves by a workflow with a deadline of so many days from when it was asked for.
    pub deadline: Option<u32>,
}

impl NewKind {
    pub fn school_place() -> Self {
        Self {
            kind: "school_place".into(),
            label: ["Chỗ học".into(), "School place".into()],
            form: "xin_cho_hoc".into(),
            deadline: None,
        }
    }

    /// Named by chance, so that no program can know it.
    pub fn drawn() -> Result<Self> {
        let mut seed = [0; 8];
        ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut seed)
            .map_err(|_| anyhow::anyhow!("no chance"))?;
        let mut dice = Dice::new(u64::from_le_bytes(seed));
        let mut name = String::new();
        for _ in 0..4 {
            name.push(dice.pick(&['b', 'c', 'd', 'g', 'h', 'k', 'l', 'm', 'n', 's', 't', 'v']));
            name.push(dice.pick(&['a', 'e', 'i', 'o', 'u']));
        }
        let title = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
        Ok(Self {
            form: format!("phieu_{name}"),
            label: [format!("Việc {title}"), format!("{title} matter")],
            deadline: Some(7 + u32::try_from(dice.roll(20))?),
            kind: name,
        })
    }
}

/// What all tables of an overlay with these kinds say, by path.
pub fn tables(version: u32, kinds: &[&NewKind]) -> Vec<(String, String)> {
    let mut files = vec![(
        "pack.csv".to_owned(),
        format!(
            "id,version,level,base,needs,from,title_vi,title_en,note\n\
             lang_son,{version},province,quoc_gia,,2026-01-01,Gói của tỉnh Lạng Sơn,The pack of Lạng Sơn,\n"
        ),
    )];
    let mut table = |name: &str, head: &str, rows: Vec<String>| {
        if !rows.is_empty() {
            files.push((name.to_owned(), format!("{head}\n{}\n", rows.join("\n"))));
        }
    };
    let kind_rows = kinds.iter().enumerate().map(|(n, NewKind { kind, label: [vi, en], deadline, .. })| {
        let workflow = if deadline.is_some() { format!("{kind}_flow") } else { String::new() };
        format!("{kind},person,inherit,{vi},{en},{vi},{en},${{what}},,,{workflow},,,,{}", 30 + n)
    });
    table(
        "kinds.csv",
        "kind,parents,scope,label_vi,label_en,plural_vi,plural_en,title,unnamed_vi,unnamed_en,workflow,listed,made_by,\
         immutable,order",
        kind_rows.collect(),
    );
    let field_rows = kinds.iter().flat_map(|NewKind { kind, deadline, .. }| {
        let mut rows = vec![
            format!("{kind},what,text,,Nội dung,What,,value,personal,2,head,,,,"),
            format!("{kind},grade,code,{kind}_grade,Bậc,Level,,value,personal,,fact,,,,"),
        ];
        if deadline.is_some() {
            rows.push(format!("{kind},asked_at,datetime,,Ngày đề nghị,Asked at,,value,open,,fact,,,,"));
            rows.push(format!("{kind},answered_at,datetime,,Ngày trả lời,Answered at,,value,open,,fact,,,,"));
            rows.push(format!("{kind},state,code,{kind}_state,Tình trạng,State,,value,open,,fact,state,,,"));
        }
        rows
    });
    table(
        "fields.csv",
        "kind,field,type,list,label_vi,label_en,group,merge,privacy,search,shown,lists,from,to,article",
        field_rows.collect(),
    );
    let code_rows = kinds.iter().flat_map(|NewKind { kind, label: [vi, en], deadline, .. }| {
        let mut rows = vec![
            format!("{kind}_grade,primary,Tiểu học,Primary,1,"),
            format!("{kind}_grade,secondary,Trung học,Secondary,2,"),
        ];
        if deadline.is_some() {
            rows.push(format!("workflow,{kind}_flow,{vi},{en},1,"));
            rows.push(format!("{kind}_state,asked,Đã đề nghị,Asked,1,"));
            rows.push(format!("{kind}_state,closed,Đã xong,Done,2,"));
        }
        rows
    });
    table("codes.csv", "list,code,label_vi,label_en,order,article", code_rows.collect());
    let timed = || kinds.iter().filter_map(|new| new.deadline.map(|days| (&new.kind, &new.label, days)));
    let state_rows = timed().flat_map(|(kind, ..)| {
        [
            format!("asked,{kind}_flow,1,yes,Đã đề nghị,Asked,Quy chế của tỉnh"),
            format!("closed,{kind}_flow,2,no,Đã xong,Done,Quy chế của tỉnh"),
        ]
    });
    table("case_states.csv", "code,workflow,order,is_open,label_vi,label_en,article", state_rows.collect());
    let clock_rows = timed().map(|(kind, [vi, en], days)| {
        format!(
            "{kind}_answer,{kind}_flow,field:{kind}.asked_at,field:{kind}.answered_at,,{days},days,,no,always,,no,,,,,yes,\
             Trả lời: {vi},Answer: {en},Ủy ban nhân dân cấp xã,Commune,Quy chế của tỉnh,practice,2026-01-01,,"
        )
    });
    table(
        "clocks.csv",
        "id,workflow,starts,stops,voids,amount,unit,repeat,at_once,when,provisional,rolls,who,remind,escalate,\
         asks_reason,start_certain,label_vi,label_en,responsible_vi,responsible_en,article,certainty,from,to,in_force",
        clock_rows.collect(),
    );
    let asked = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap_or_default();
    let worked_rows = timed().flat_map(|(kind, _, days)| {
        let due = (asked + Days::new(days.into())).format("%d/%m/%Y");
        let row = |name: &str, more: &str, due: String| {
            let fields = format!("{kind}.asked_at=02/03/2026 09:00{more}");
            format!("{kind}_answer,{name},{fields},03/03/2026 09:00,{due},")
        };
        [
            row("Chưa trả lời", "", format!("{due} 23:59")),
            row("Đã trả lời", &format!(";{kind}.answered_at=02/03/2026 15:00"), "none".into()),
            row("Đã xong", &format!(";{kind}.state=closed"), "none".into()),
        ]
    });
    table("golden/clocks.csv", "clock,name,fields,now,due,marks", worked_rows.collect());
    for new in kinds {
        form(new, &mut files);
    }
    files
}

/// Asked of a person: what, and at which level.
fn form(NewKind { kind, label: [vi, en], form, deadline }: &NewKind, files: &mut Vec<(String, String)>) {
    let mut file = |name: &str, text: String| files.push((format!("forms/{form}/{name}.csv"), text));
    file(
        "settings",
        format!("form_title,form_id,version,default_language\n{vi},{form},2026120101,Tiếng Việt (vi)\n"),
    );
    let asked = if deadline.is_some() { "dateTime,asked_at,Ngày đề nghị,Asked at,yes\n" } else { "" };
    file(
        "survey",
        format!(
            "type,name,label::Tiếng Việt (vi),label::English (en),required\n\
             text,what,{vi}: nội dung,{en}: what,yes\nselect_one grade,grade,Bậc,Level,yes\n{asked}"
        ),
    );
    file(
        "choices",
        "list_name,name,label::Tiếng Việt (vi),label::English (en)\n\
         grade,primary,Tiểu học,Primary\ngrade,secondary,Trung học,Secondary\n"
            .to_owned(),
    );
    let timed = if deadline.is_some() {
        "it,,,,,,asked_at,/data/asked_at,datetime,\nit,,,,,,state,'asked',text,\n"
    } else {
        ""
    };
    file(
        "records",
        format!(
            "record,kind,parent,path,id_from,when,field,from,type,clears_with\n\
             form,person,,,,,,,,\nit,{kind},@about,/data,,,,,,\n\
             it,,,,,,what,/data/what,text,\nit,,,,,,grade,/data/grade,text,\n{timed}"
        ),
    );
}

/// Writes the tables into a folder.
pub fn write(folder: &Path, files: &[(String, String)]) -> Result<()> {
    for (path, text) in files {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, text)?;
    }
    Ok(())
}
