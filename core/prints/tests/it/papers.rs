//! Each paper says what its record says.

use crate::world::{Record, World, record, text};
use rulebook::Lang;
use serde_json::json;

/// Markup, the marks of templates, and a word that no line takes.
fn hostile() -> String {
    let long = "kể rất dài ".repeat(300);
    format!(
        "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&{{{{ office }}}}{{% raw %}} {long}{}",
        "ă".repeat(400)
    )
}

#[test]
fn every_paper_is_drawn_blank_and_filled_whatever_is_said() {
    let world = World::new();
    let hostile = hostile();
    let mut drawn = 0;
    for print in world.rulebook.all_prints() {
        let told: Vec<_> = prints::check(&world.rulebook, print).into_iter().map(|told| told.en).collect();
        assert_eq!(told, Vec::<String>::new(), "{}", print.id);
        let case = world.full("case", 1, None, &hostile);
        let home = world.full("household", 2, None, &hostile);
        let mut own = world.full(print.kind(), 3, Some(&case.0), &hostile);
        // What it is a paper of says so.
        let wants =
            print.of.record.wants.iter().map(|want| (want.field.clone(), want.words[0].as_str().into()));
        own.1.fields.extend(workflow::of_fields(&wants.collect()).fields);
        let kinds = world.rulebook.kinds().iter().map(|kind| kind.name.as_str());
        let of = |parent: &Record, from: u128| -> Vec<Record> {
            let names = kinds.clone().zip(from..);
            names.map(|(kind, id)| world.full(kind, id, Some(&parent.0), &hostile)).collect()
        };
        let (below, beside) = (of(&own, 100), of(&case, 1000));
        for lang in [Lang::Vi, Lang::En] {
            let blank = world.prints(lang).blank(print).unwrap();
            assert!(blank.contains("class=\"line\"") && !blank.contains("<svg"), "{}", print.id);
            let page =
                world.drawn(print, lang, &own, [&[home.clone(), case.clone()], &below, &beside]).unwrap();
            let body = page.split_once("<body>").unwrap().1;
            for markup in ["<script", "<img", "undefined"] {
                assert!(!body.contains(markup), "{} {markup}", print.id);
            }
            assert!(page.contains("&lt;script&gt;alert(1)&lt;"), "{} says nothing", print.id);
            assert!(page.contains("{{ office }}"), "{}: what was typed is no template", print.id);
            assert!(page.contains("<svg"), "{}: whose paper it is", print.id);
            drawn += 1;
        }
    }
    assert!(drawn >= 44, "{drawn} papers");
}

#[test]
fn the_report_of_a_child_says_what_was_reported() {
    let world = World::new();
    let case = record(
        "case",
        1,
        None,
        [
            ("workflow", json!("child-protection")),
            ("received_at", json!("2026-11-28T22:40:00+07:00")),
            ("place", json!("Nhà ở thôn Nà Pò")),
            ("child_state", json!("Tay phải sưng, sợ người lạ")),
            ("receiver", json!("Lò Thị Thử")),
        ],
    );
    let below = [
        record(
            "person",
            2,
            Some(&case.0),
            [("role", json!("mother")), ("name", json!("Hà Thị Mẹ")), ("birth_year", json!(1991))],
        ),
        record(
            "person",
            3,
            Some(&case.0),
            [("role", json!("child")), ("name", json!("Bé Thử")), ("birth_year", json!(2017))],
        ),
    ];
    let page = text(&world.filled("tre_em_01", &case, [&[], &below, &[]]));
    for said in [
        "ỦY BAN NHÂN DÂN XÃ MẪU",
        "Xã Mẫu, ngày 28 tháng 11 năm 2026",
        "Thời gian (giờ, ngày, tháng, năm): 28/11/2026 22:40",
        "Họ và tên trẻ em: Bé Thử",
        // 2026 − 2017, 2026 − 1991.
        "hoặc ước lượng tuổi: 9",
        "Họ và tên mẹ: Hà Thị Mẹ Tuổi: 35",
        "Địa điểm xảy ra vụ việc: Nhà ở thôn Nà Pò",
        "(thể chất, tinh thần): Tay phải sưng, sợ người lạ",
        "Họ và tên cha: Tuổi: Nghề nghiệp:",
        "Cán bộ tiếp nhận thông tin (Ký, ghi rõ họ tên) Lò Thị Thử",
    ] {
        assert!(page.contains(said), "{said}\n{page}");
    }
    // Nobody said who told it, or whoever prints may not see it.
    assert!(page.contains("(nếu đồng ý cung cấp) Họ và tên: Số điện thoại: Địa chỉ:"), "{page}");
    assert!(page.contains("Mẫu số 01") && !page.contains("chưa đối chiếu"), "{page}");
    let informant = record("informant", 4, Some(&case.0), [("name", json!("Bà hàng xóm"))]);
    let told = [below.as_slice(), &[informant]].concat();
    let page = text(&world.filled("tre_em_01", &case, [&[], &told, &[]]));
    assert!(page.contains("(nếu đồng ý cung cấp) Họ và tên: Bà hàng xóm"), "{page}");
}

#[test]
fn a_review_ticks_levels_and_counts_them() {
    let world = World::new();
    let case = record("case", 1, None, [("workflow", json!("child-protection"))]);
    let review = record(
        "assessment",
        2,
        Some(&case.0),
        [
            ("form", json!("review")),
            ("harm", json!("low")),
            ("access", json!("medium")),
            ("care_obstacle", json!("low")),
            ("protects_itself", json!("high")),
            ("risk", json!("low")),
            ("stable", json!(true)),
            ("outcome", json!("end")),
        ],
    );
    let page = text(&world.filled("tre_em_06", &review, [&[case], &[], &[]]));
    for said in [
        "không có khả năng. ☐ Cao ☒ Trung bình ☐ Thấp",
        "Tổng số Cao: 0 Trung bình: 1 Thấp: 2",
        "☒ Cao ☐ Trung bình ☐ Thấp",
        // Of the second table one thing was told.
        "Tổng số Cao: 1 Trung bình: 0 Thấp: 0",
        "đã ổn định: ☒ Có ☐ Không",
        "☒ Kết thúc kế hoạch hỗ trợ, can thiệp",
        "bố cục theo nội dung quy định, chưa đối chiếu bản gốc",
    ] {
        assert!(page.contains(said), "{said}\n{page}");
    }
    let blank = text(&world.blank("tre_em_06"));
    assert!(blank.contains("Tổng số Cao: Trung bình: Thấp:") && !blank.contains('☒'), "{blank}");
}

#[test]
fn a_decision_has_the_plan_as_it_was_approved() {
    let world = World::new();
    let case = record("case", 1, None, [("workflow", json!("child-protection"))]);
    let plan =
        record("plan", 2, Some(&case.0), [("goals", json!("Sửa sau khi duyệt")), ("budget", json!(true))]);
    let decision = record(
        "decision",
        3,
        Some(&case.0),
        [
            ("form", json!("plan_approval")),
            ("number", json!("12")),
            ("date", json!("2026-12-04")),
            ("effective_at", json!("2026-12-04T15:00:00+07:00")),
            ("signer", json!("Vi Văn Chủ")),
            ("signer_post", json!("Phó Chủ tịch")),
        ],
    );
    let activity = format!("activity:{}", uuid::Uuid::from_u128(5));
    let approved = json!({
        plan.0.to_string(): {"goals": "Trẻ ở với ông bà", "budget": true, "budget_note": "Ngân sách xã"},
        activity: {"text": "Khám tâm lý", "lead": "Trạm y tế", "due": "2026-12-20"},
    });
    let step = record(
        "transition",
        4,
        Some(&case.0),
        [
            ("action", json!("approve_plan")),
            ("about", json!(decision.0.to_string())),
            ("snapshot", json!(approved.to_string())),
        ],
    );
    let other = record(
        "transition",
        6,
        Some(&case.0),
        [("about", json!(plan.0.to_string())), ("snapshot", json!("{}"))],
    );
    let page = text(&world.filled("tre_em_05", &decision, [&[case], &[], &[plan, step, other]]));
    for said in [
        "Số: 12/QĐ-UBND",
        "Xã Mẫu, ngày 04 tháng 12 năm 2026",
        "có hiệu lực từ 04/12/2026 15:00",
        "Phó Chủ tịch (Ký, ghi rõ họ tên, đóng dấu) Vi Văn Chủ",
        "Ngân sách xã",
        "Mục tiêu: Trẻ ở với ông bà",
        "1 Khám tâm lý Trạm y tế",
        "20/12/2026",
    ] {
        assert!(page.contains(said), "{said}\n{page}");
    }
    assert!(!page.contains("Sửa sau khi duyệt"), "what was changed since isn't what was approved\n{page}");
    let blank = text(&world.blank("tre_em_05"));
    assert!(blank.contains("Số: ……/QĐ-UBND") && blank.contains("ngày …… tháng …… năm 20……"), "{blank}");
}

#[test]
fn needs_stand_in_the_law_s_eight_groups() {
    let world = World::new();
    let case = record("case", 1, None, [("workflow", json!("adult"))]);
    let needs = record("needs_assessment", 2, Some(&case.0), [("assessor", json!("Quàng Văn Quản"))]);
    let below = [
        record(
            "need",
            3,
            Some(&needs.0),
            [
                ("group", json!("health")),
                ("need", json!("Khám mắt")),
                ("resources_family", json!("Con gái đưa đi")),
                ("resources_around", json!("Xe của xã")),
            ],
        ),
        record(
            "need",
            4,
            Some(&needs.0),
            [("group", json!("psychology")), ("need", json!("Có người trò chuyện"))],
        ),
    ];
    let page = text(&world.filled("doi_tuong_02", &needs, [&[case], &below, &[]]));
    let groups = [
        "Chăm sóc sức khỏe, y tế Khám mắt Con gái đưa đi; Xe của xã",
        "Giáo dục, học nghề, việc làm Hỗ trợ sinh kế Mối quan hệ gia đình và xã hội Các kỹ năng sống Tham gia, hòa nhập",
        "Tâm lý, tình cảm Có người trò chuyện",
        "Nhu cầu khác",
    ];
    for group in groups {
        assert!(page.contains(group), "{group}\n{page}");
    }
}

#[test]
fn an_application_ticks_each_type_and_each_ability() {
    let world = World::new();
    let case = record("case", 1, None, [("workflow", json!("disability"))]);
    let application = record(
        "disability_application",
        2,
        Some(&case.0),
        [
            ("types", json!(["movement", "other"])),
            ("types_other", json!("Tự kỷ")),
            ("walking", json!("help")),
            ("applicant", json!("representative")),
            ("rep_name", json!("Mùa Thị Đại")),
        ],
    );
    let page = text(&world.filled("khuyet_tat_01", &application, [&[case], &[], &[]]));
    for said in [
        "1 Vận động ☒ ☐",
        "2 Nghe, nói ☐ ☒",
        "6 Khuyết tật khác: Tự kỷ ☒ ☐",
        "1. Đi lại ☐ ☒ ☐ ☐",
        "2. Ăn, uống ☐ ☐ ☐ ☐",
        "Người viết đơn (Ký, ghi rõ họ tên) Mùa Thị Đại",
    ] {
        assert!(page.contains(said), "{said}\n{page}");
    }
    let blank = text(&world.blank("khuyet_tat_01"));
    assert!(blank.contains("1 Vận động ☐ ☐") && !blank.contains('☒'), "{blank}");
}
