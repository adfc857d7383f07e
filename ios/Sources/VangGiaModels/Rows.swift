import Foundation
import VangGiaCore

// Lists of screens go by the core's own keys.
extension AlarmView: Identifiable { public var id: String { reference } }
extension BranchRow: Identifiable { public var id: String { step } }
extension CallRow: Identifiable { public var id: String { number } }
extension CaseRow: Identifiable {}
extension DraftRow: Identifiable { public var id: String { draftId } }
extension FormRow: Identifiable {}
extension HouseholdRow: Identifiable {}
extension ActionRow: Identifiable {}
extension ConflictValue: Identifiable { public var id: String { change } }
extension DueRow: Identifiable { public var id: String { reference } }
extension HistoryRow: Identifiable {}
extension MemberRow: Identifiable {}
extension OutlineRow: Identifiable { public var id: UInt32 { index } }
extension PaperRow: Identifiable {}
extension PhotoRow: Identifiable { public var id: String { reference } }
extension RecordLink: Identifiable { public var id: String { reference } }
extension RecordRow: Identifiable { public var id: String { reference } }
extension RecordSection: Identifiable { public var id: String { kind } }
extension RepeatRow: Identifiable { public var id: String { path } }
extension ReviewRow: Identifiable { public var id: String { path } }
extension ReviewSection: Identifiable { public var id: UInt32 { page } }
extension StepRow: Identifiable { public var id: String { action } }
extension TaskRow: Identifiable {}
extension WorkerOnPhone: Identifiable {}

extension CallRow {
    public var url: URL? { URL(string: "tel:\(number)") }
}

extension HeldBackRow {
    /// It was not allowed and is undone; else it only waits.
    public var isDenied: Bool { code.hasPrefix("permission.") }
}
