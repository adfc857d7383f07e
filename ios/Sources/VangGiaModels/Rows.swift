import VangGiaCore

// Lists of screens go by the core's own keys.
extension CaseRow: Identifiable {}
extension DraftRow: Identifiable { public var id: String { draftId } }
extension FormRow: Identifiable {}
extension HouseholdRow: Identifiable {}
extension GoalRow: Identifiable {}
extension MemberRow: Identifiable {}
extension OutlineRow: Identifiable { public var id: UInt32 { index } }
extension PhotoRow: Identifiable {}
extension RepeatRow: Identifiable { public var id: String { path } }
extension TaskRow: Identifiable {}
extension VisitRow: Identifiable {}
extension WorkerOnPhone: Identifiable {}

extension HeldBackRow {
    /// It was not allowed and is undone; else it only waits.
    public var isDenied: Bool { code.hasPrefix("permission.") }
}
