import Foundation
import VangGiaCore
import VangGiaModels

/// What a worker hears at one household, by the questions' paths: `tests/stories/visit.csv`. Made up.
struct Visit {
    let picture: Data
    private let answers: [String: AnswerValue]

    let householdName: String
    /// Head first.
    let names: [String]
    let caption: String

    /// `picture` is as a camera gives it.
    init(picture: Data) throws {
        guard let folder = ProcessInfo.processInfo.environment["VANGGIA_STORIES"] else {
            throw HubFailure(description: "VANGGIA_STORIES is not set: run cargo xtask test --swift")
        }
        let story = try String(contentsOf: URL(fileURLWithPath: "\(folder)/visit.csv"), encoding: .utf8)
        var answers: [String: AnswerValue] = [:]
        for line in story.split(separator: "\n").dropFirst() {
            let cells = line.split(separator: ",", maxSplits: 2).map(String.init)
            guard cells.count == 3, let answer = Self.read(cells[1], cells[2]) else {
                throw HubFailure(description: "no answer: \(line)")
            }
            answers["/data/\(cells[0])"] = answer
        }
        func said(_ path: String) -> String? {
            if case let .text(text) = answers["/data/\(path)"] { text } else { nil }
        }
        self.picture = picture
        self.answers = answers
        householdName = said("household/household_name") ?? ""
        caption = said("photo[1]/p_about/photo_caption") ?? ""
        names = (1...9).compactMap { said("member[\($0)]/m_about/m_name") }
    }

    private static func read(_ kind: String, _ value: String) -> AnswerValue? {
        let parts = value.split(separator: " ").map(String.init)
        switch kind {
        case "text": return .text(text: value)
        case "choice": return .choice(value: value)
        case "choices": return .choices(values: parts)
        case "integer": return Int64(value).map { .integer(number: $0) }
        case "decimal": return Double(value).map { .decimal(number: $0) }
        case "date": return .date(iso: value)
        // So many from today.
        case "days":
            return Double(value).map { AnswerValue(moment: Date(timeIntervalSinceNow: $0 * 86_400), as: .date) }
        case "location":
            let numbers = parts.compactMap(Double.init)
            guard numbers.count == 4 else { return nil }
            return .location(latitude: numbers[0], longitude: numbers[1], altitude: numbers[2], accuracy: numbers[3])
        default: return nil
        }
    }

    /// `nil` where nothing is said.
    func answer(to question: QuestionView) -> AnswerValue? { answers[question.path] }

    /// How many instances of a repeat there are to tell of.
    func count(_ path: String) -> Int {
        (1...9).filter { place in answers.keys.contains { $0.hasPrefix("\(path)[\(place)]") } }.count
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
