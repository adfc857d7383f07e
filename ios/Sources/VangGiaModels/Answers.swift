import Foundation
import VangGiaCore

extension AnswerValue {
    /// What a field's text means for a question of that kind. Text that is no number goes to the core as it is, which
    /// says what is wrong with it.
    public init(typed text: String, as kind: QuestionKind) {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !trimmed.isEmpty else {
            self = .empty
            return
        }
        switch kind {
        case .integer:
            self = Int64(trimmed).map { .integer(number: $0) } ?? .text(text: trimmed)
        case .decimal:
            // Keyboards offer the comma or the point by the phone's region; neither groups digits.
            let number = Double(trimmed.replacingOccurrences(of: ",", with: "."))
            self = number.map { .decimal(number: $0) } ?? .text(text: trimmed)
        default:
            self = .text(text: text)
        }
    }

    /// The answer as a field shows it for editing.
    func fieldText(_ language: Language) -> String {
        switch self {
        case let .text(text): text
        case let .integer(number): String(number)
        case let .decimal(number): Self.decimalText(number, language)
        default: ""
        }
    }

    private static func decimalText(_ number: Double, _ language: Language) -> String {
        let text = number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : String(number)
        return language == .vietnamese ? text.replacingOccurrences(of: ".", with: ",") : text
    }

    public var chosen: [String] {
        switch self {
        case let .choice(value): [value]
        case let .choices(values): values
        default: []
        }
    }

    /// The day or the moment of a date, time or date with time.
    public var moment: Date? {
        switch self {
        case let .date(iso): IsoTime.date.date(from: String(iso.prefix(10)))
        case let .time(iso): IsoTime.time.date(from: String(iso.prefix(5)))
        case let .dateTime(iso): IsoTime.moment(iso)
        default: nil
        }
    }

    /// The answer of a picker of dates or times; empty for other kinds of question.
    public init(moment: Date, as kind: QuestionKind) {
        switch kind {
        case .date: self = .date(iso: IsoTime.date.string(from: moment))
        case .time: self = .time(iso: IsoTime.time.string(from: moment))
        case .dateTime: self = .dateTime(iso: IsoTime.dateTime.string(from: moment))
        default: self = .empty
        }
    }
}

/// Dates as the core writes them. The phone's calendar may be another than the Gregorian, its time zone another than
/// Vietnam's.
public enum IsoTime {
    public static let zone = TimeZone(secondsFromGMT: Int(utcOffsetSeconds())) ?? .current

    static var date: DateFormatter { formatter("yyyy-MM-dd") }
    static var time: DateFormatter { formatter("HH:mm") }
    static var dateTime: DateFormatter { formatter("yyyy-MM-dd'T'HH:mm:ssxxx") }

    static func moment(_ iso: String) -> Date? {
        dateTime.date(from: iso) ?? formatter("yyyy-MM-dd'T'HH:mm:ss.SSSxxx").date(from: iso)
            ?? formatter("yyyy-MM-dd'T'HH:mmxxx").date(from: iso)
    }

    private static func formatter(_ format: String) -> DateFormatter {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.calendar = Calendar(identifier: .gregorian)
        formatter.timeZone = zone
        formatter.dateFormat = format
        return formatter
    }
}

extension Array where Element == ChoiceView {
    /// Those whose label holds what a person types, without tone marks: `ha giang` finds `Hà Giang`, `dak` finds `Đắk`.
    public func matching(_ typed: String) -> [ChoiceView] {
        findLabels(labels: map(\.label), typed: typed).map { self[Int($0)] }
    }
}

extension ChoiceView: Identifiable {
    public var id: String { value }
}
