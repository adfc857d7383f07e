import Foundation
import VangGiaCore
import VangGiaModels

/// What a worker hears at one household, by the names of the questions; made up.
struct Visit {
    let picture: Data
    private let answers: [String: AnswerValue]
    private let members: [[String: AnswerValue]]

    static let householdName = "Lò Văn Hoà"

    /// `picture` is as a camera gives it.
    init(picture: Data) {
        self.picture = picture
        members = [
            [
                "m_name": .text(text: Self.householdName), "m_relation": .choice(value: "head"),
                "m_sex": .choice(value: "male"), "m_birth_known": .choice(value: "year"),
                "m_birth_year": .integer(number: 1984), "m_studying": .choice(value: "none"),
                "m_diploma": .choice(value: "primary"), "m_work": .choice(value: "own"),
            ],
            [
                "m_name": .text(text: "Cà Thị Đào"), "m_relation": .choice(value: "spouse"),
                "m_sex": .choice(value: "female"), "m_birth_known": .choice(value: "date"),
                "m_birth_date": .date(iso: "1988-03-08"), "m_studying": .choice(value: "none"),
                "m_diploma": .choice(value: "primary"), "m_work": .choice(value: "no_contract"),
            ],
            [
                "m_name": .text(text: "Lò Minh Đức"), "m_relation": .choice(value: "child"),
                "m_sex": .choice(value: "male"), "m_birth_known": .choice(value: "date"),
                "m_birth_date": .date(iso: "2017-06-01"), "m_studying": .choice(value: "primary"),
                "m_undernourished": .choice(value: "yes"),
            ],
        ]
        let later = AnswerValue(moment: Date(timeIntervalSinceNow: 30 * 86_400), as: .date)
        let yes = AnswerValue.choice(value: "agree")
        answers = [
            "visit_purpose": .choice(value: "first"), "visit_present": .choices(values: ["head", "members"]),
            "province": .choice(value: Self.province), "commune": .choice(value: Hub.commune),
            "village": .text(text: "Bản Nà Sang"), "consent_support": yes, "consent_sensitive": yes,
            "consent_location": yes, "consent_photo": yes, "consent_share": .choice(value: "refuse"),
            "consent_by": .choice(value: "head"), "consent_form": .choice(value: "spoken"),
            "household_name": .text(text: Self.householdName), "phone": .text(text: "0912345678"),
            "m_residence": .choice(value: "present"), "m_insurance": .choice(value: "yes"),
            "m_benefit": .choice(value: "no"), "m_disabled": .choice(value: "no"),
            "m_undernourished": .choice(value: "no"), "house_wall": .choice(value: "weak"),
            "house_column": .choice(value: "solid"), "house_roof": .choice(value: "weak"),
            "house_area": .decimal(number: 42.5), "water": .choice(value: "unsafe"),
            "toilet": .choice(value: "none"), "internet": .choice(value: "no"),
            "devices": .choices(values: ["none"]), "b1_total": .integer(number: 120),
            "need_groups": .choices(values: ["livelihood"]), "need_livelihood": .text(text: "Vay vốn nuôi dê"),
            "priority_livelihood": .choice(value: "high"), "obs_facts": .text(text: "Mái nhà dột phía bếp"),
            "location": .location(latitude: 21.3891, longitude: 103.0169, altitude: 492, accuracy: 8),
            "photo_caption": .text(text: "Mái bếp"), "goal_text": .text(text: "Sửa mái bếp trước mùa mưa"),
            "goal_who": .choice(value: "commune"), "goal_due": later,
            "agreed_text": .text(text: "Xã hỗ trợ tấm lợp, gia đình góp công"), "next_visit": later,
        ]
    }

    static let province = "08"

    /// `nil` where nothing is said.
    func answer(to question: QuestionView) -> AnswerValue? {
        let parts = question.path.split(separator: "/")
        guard let name = parts.last.map(String.init) else { return nil }
        let place = parts.first { $0.hasPrefix("member[") }
            .flatMap { Int($0.dropFirst("member[".count).dropLast()) }
        if let place, place <= members.count, let own = members[place - 1][name] { return own }
        return answers[name]
    }

    /// How many instances of a repeat there are to tell of.
    func count(_ path: String) -> Int {
        switch path.split(separator: "/").last {
        case "member": members.count
        case "photo", "goal": 1
        default: 0
        }
    }

    /// The picture of the camera that the test run was given.
    static func cameraPicture() throws -> Data {
        guard let path = ProcessInfo.processInfo.environment["VANGGIA_PICTURE"] else {
            throw HubFailure(description: "VANGGIA_PICTURE is not set: run cargo xtask test --swift")
        }
        return try Data(contentsOf: URL(fileURLWithPath: path))
    }
}

/// Whatever a form can be filled through.
@MainActor protocol FormDriver: AnyObject {
    var page: PageView { get }
    func give(_ answer: AnswerValue, to path: String) async throws
    func give(picture: Data, to path: String) async throws
    func add(_ path: String) async throws
    /// Whether this was the last page.
    func turn() async throws -> Bool
}

/// Answers page after page, as a person would, to the end.
@MainActor func fill(_ form: some FormDriver, with visit: Visit) async throws {
    for _ in 0..<100 {
        if let rows = form.page.repeats.first, rows.instances.count < visit.count(rows.path) {
            try await form.add(rows.path)
            continue
        }
        var seen: Set<String> = []
        while let question = form.page.questions.first(where: { !seen.contains($0.path) }) {
            seen.insert(question.path)
            if question.kind == .photo {
                try await form.give(picture: visit.picture, to: question.path)
            } else if let answer = visit.answer(to: question), question.kind != .note, !question.readonly {
                try await form.give(answer, to: question.path)
            }
        }
        if try await form.turn() { return }
    }
    throw HubFailure(description: "the form has no end: \(form.page.title)")
}
