import Foundation
import Observation
import VangGiaCore

/// The first screen of a day: what is due, what was begun, which forms can be filled.
@MainActor
@Observable
public final class TodayModel {
    public private(set) var today: TodayView?
    /// Those that are started on their own.
    public private(set) var forms: [FormRow] = []
    public private(set) var notice: Notice?

    private let core: Core

    public init(core: Core) { self.core = core }

    public func load() async {
        do {
            (today, forms) = try await core.run {
                (try $0.today().view(), try $0.forms().list().filter(\.standsAlone))
            }
            notice = nil
        } catch {
            notice = Notice(error)
        }
    }
}
