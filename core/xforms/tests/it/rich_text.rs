use crate::common::{env, form_with, start, text};
use proptest::prelude::*;
use xforms::{Align, Block, BlockKind, Colour, RichText, Script, Session};

/// The label of a question whose form says `label`; `/data/a` holds `answer`.
fn label(label: &str, answer: &str) -> RichText {
    let escaped = label
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace("{a}", r#"<output value="/data/a"/>"#);
    let mut session = start(
        "<a/><q/>",
        "",
        &format!(r#"<input ref="/data/a"/><input ref="/data/q"><label>{escaped}</label></input>"#),
    );
    session.answer("/data/a", &text(answer)).unwrap();
    session.next().unwrap();
    session.page().questions.remove(0).label
}

fn spelled(blocks: &[Block]) -> Vec<String> {
    let span = |s: &xforms::Span| {
        let style = &s.style;
        let marks = [
            (style.bold, "b"),
            (style.italic, "i"),
            (style.underline, "u"),
            (style.script == Script::Superscript, "^"),
            (style.script == Script::Subscript, "_"),
        ];
        let mut out: String = marks.iter().filter(|(on, _)| *on).map(|(_, mark)| *mark).collect();
        out.extend(
            style.colour.map(|Colour { red, green, blue }| format!("#{red:02x}{green:02x}{blue:02x}")),
        );
        out.extend(style.font.as_ref().map(|f| format!("({f})")));
        out.extend(style.link.as_ref().map(|l| format!("→{l}")));
        if out.is_empty() { s.text.clone() } else { format!("{{{out}:{}}}", s.text) }
    };
    let block = |b: &Block| {
        let kind = match b.kind {
            BlockKind::Paragraph => String::new(),
            BlockKind::Heading(level) => format!("h{level} "),
            BlockKind::Bullet => "• ".to_owned(),
            BlockKind::Numbered(number) => format!("{number}. "),
        };
        let align = match b.align {
            Align::Start => "",
            Align::Centre => "| ",
            Align::End => "> ",
        };
        format!("{kind}{align}{}", b.spans.iter().map(span).collect::<String>())
    };
    blocks.iter().map(block).collect()
}

fn read(source: &str) -> Vec<String> {
    spelled(&label(source, "x").blocks())
}

#[test]
fn emphasis_nests_and_stays_out_of_words() {
    assert_eq!(read("a **b** *c* __d__ _e_"), ["a {b:b} {i:c} {b:d} {i:e}"]);
    assert_eq!(read("***both*** and **bold *and italic***"), ["{bi:both} and {b:bold }{bi:and italic}"]);
    assert_eq!(read("so_many_words 3 * 4 * 5 and ** none **"), ["so_many_words 3 * 4 * 5 and ** none **"]);
    assert_eq!(read("**open"), ["**open"]);
    assert_eq!(read(r"\*not\* \_this\_ \\ \a"), [r"*not* _this_ \ \a"]);
}

#[test]
fn headings_paragraphs_and_lists_are_blocks() {
    let blocks = read("# Nhà ở\nMái\nTường\n\nĐồ đạc:\n- giường\n* **tủ**\n1. Một\n2. Hai");
    assert_eq!(blocks, ["h1 Nhà ở", "Mái\nTường", "Đồ đạc:", "• giường", "• {b:tủ}", "1. Một", "2. Hai"]);
    assert_eq!(read("#1 of 3"), ["#1 of 3"]);
    assert_eq!(label("1. Tên?\n- a", "").as_str(), "1. Tên?\n• a");
}

#[test]
fn a_link_leads_only_where_a_tap_may_go() {
    assert_eq!(read("[số **111**](tel:111)"), ["{→tel:111:số }{b→tel:111:111}"]);
    assert_eq!(read("[x](javascript:alert(1))"), ["x)"]);
    assert_eq!(read("[x](file:///etc/passwd) [y] [z"), ["x [y] [z"]);
    assert_eq!(read(r#"<a href="https://a.vn">a</a><a href="javascript:x">b</a>"#), ["{→https://a.vn:a}b"]);
}

#[test]
fn tags_that_style_are_styles_and_others_are_text() {
    assert_eq!(
        read(r#"<span style="color:#f00; font-family: serif">đỏ</span> <b>đậm</b> m<sup>2</sup> <u>x</u>"#),
        ["{#ff0000(serif):đỏ} {b:đậm} m{^:2} {u:x}"]
    );
    assert_eq!(
        read(r#"<font color="blue">a</font><SPAN style='color: rgb(1, 2, 3)'>b</SPAN>"#),
        ["{#0000ff:a}{#010203:b}"]
    );
    assert_eq!(read(r#"<p style="text-align:center">giữa</p>sau<br>dưới"#), ["| giữa", "sau\ndưới"]);
    assert_eq!(
        read("<script>alert(1)</script> <tên> 3 < 5 > 2"),
        ["<script>alert(1)</script> <tên> 3 < 5 > 2"]
    );
    assert_eq!(read(r#"<span style="color:url(x)" onclick="y">a</span>"#), ["a"]);
    assert_eq!(read("&lt;b&gt; &amp; &#7879; &unknown; &"), ["<b> & ệ &unknown; &"]);
}

#[test]
fn elements_in_a_label_style_it_too() {
    let mut session = start(
        "<q/>",
        "",
        r#"<input ref="/data/q"><label>a <h:span style="color:red">b</h:span></label></input>"#,
    );
    assert_eq!(spelled(&session.page().questions[0].label.blocks()), ["a {#ff0000:b}"]);
}

#[test]
fn what_an_output_puts_in_is_text() {
    let hostile = "**x** <b>y</b> [z](tel:1) \\* &lt;\n- k\n# h";
    let read = label("Chào **{a}**", hostile);
    assert_eq!(spelled(&read.blocks()), [format!("Chào {{b:{hostile}}}")]);
    assert_eq!(label("{a}", "# không").blocks()[0].kind, BlockKind::Paragraph);
    // A value can't end the tag or the link that the form wrote around it.
    assert_eq!(spelled(&label("[x]({a})", "javascript:y").blocks()), ["x"]);
    assert_eq!(
        spelled(&label(r#"<span style="color:{a}">b</span>"#, r#"red"><b>"#).blocks()),
        ["{#ff0000:b}"]
    );
}

#[test]
fn plain_text_keeps_its_source() {
    let read = label("**a** b", "");
    assert_eq!((read.as_str(), read.source(), read.is_plain()), ("a b", "**a** b", false));
    let read = label("Tom & Jerry_s", "");
    assert!(read.is_plain() && read == "Tom & Jerry_s");
}

#[test]
fn a_text_has_its_forms_in_each_language_and_falls_back_form_by_form() {
    let itext = r#"<itext>
      <translation lang="vi" default="true()"><text id="g"><value form="long">Về **ngôi nhà**</value>
        <value form="short">Nhà</value></text>
        <text id="q"><value>Mái</value><value form="guidance">Nhìn *từ ngoài*</value>
        <value form="image">jr://images/mai.png</value><value form="big-image">jr://images/mai-to.png</value>
        <value form="audio">jr://audio/mai.mp3</value><value form="video">jr://video/mai.mp4</value></text></translation>
      <translation lang="en"><text id="q"><value>Roof</value><value form="video">jr://video/roof.mp4</value></text></translation>
    </itext>"#;
    let body = r#"<group ref="/data/g"><label ref="jr:itext('g')"/>
        <input ref="/data/g/q"><label ref="jr:itext('q')"/><hint ref="jr:itext('q')"/></input></group>"#;
    let def = xforms::Definition::parse(&form_with(itext, "<g><q/></g>", "", body)).unwrap();
    let mut session = Session::start(def, env());
    let page = session.page();
    assert_eq!(page.breadcrumb, ["Nhà"]);
    assert_eq!(spelled(&page.questions[0].guidance.as_ref().unwrap().blocks()), ["Nhìn {i:từ ngoài}"]);
    session.set_language("en").unwrap();
    let page = session.page();
    let question = &page.questions[0];
    assert_eq!((page.breadcrumb[0].as_str(), question.label.as_str()), ("Nhà", "Roof"));
    let media = &question.media;
    let files = [&media.image, &media.big_image, &media.audio, &media.video].map(|f| f.as_deref().unwrap());
    assert_eq!(files, ["mai.png", "mai-to.png", "mai.mp3", "roof.mp4"]);
}

#[test]
fn long_nonsense_is_read_in_one_pass() {
    for unit in ["*", "_a ", "[", "[a](", "<b>", "<", "&", "**a_", "\\", "](", "# ", "- \n", "a* _", "<p>"] {
        let source = unit.repeat(50_000 / unit.len());
        assert!(label(&source, "").len() <= source.len() * 4);
    }
}

proptest! {
    #[test]
    fn no_text_is_lost_or_runs_as_markup(source in r"[a-c*_\[\]()<>/&;# \\\n1.\-]{0,60}", answer in r"[*_<b>\[\]()#\- \n]{0,12}") {
        let read = label(&format!("{source}{{a}}"), &answer);
        let letters = |s: &str| s.chars().filter(|c| c.is_alphabetic()).count();
        prop_assert!(letters(&read) <= letters(&source) + letters(&answer));
        prop_assert_eq!(read.blocks().iter().all(|b| b.spans.iter().all(|s| !s.text.is_empty())), true);
        // An answer alone is shown as it is.
        let alone = label("{a}", &answer);
        prop_assert_eq!(alone.as_str().trim(), answer.trim());
    }
}
