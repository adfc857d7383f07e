import Foundation
import Observation
import VangGiaCore

/// Leads to the page of a record.
public struct RecordAt: Hashable, Sendable {
    /// `kind:uuid`.
    public let reference: String
    /// The page of the record itself, also where its kind has a screen of its own.
    public let plain: Bool

    public init(_ reference: String, plain: Bool = false) {
        self.reference = reference
        self.plain = plain
    }

    public var kind: String { String(reference.prefix { $0 != ":" }) }
    public var id: String { String(reference.drop { $0 != ":" }.dropFirst()) }
}

/// The page of any record; of a finished form also what was answered.
@MainActor
@Observable
public final class RecordModel {
    public let reference: String
    public private(set) var page: RecordView?
    public private(set) var submission: SubmissionView?
    public private(set) var thumbnail: Data?
    public private(set) var notice: Notice?

    private let core: Core

    public init(core: Core, reference: String) {
        self.core = core
        self.reference = reference
    }

    public func load() async {
        let reference = reference
        do {
            let page = try await core.run { try $0.records().view(reference: reference) }
            if page.isSubmission {
                submission = try await core.run { try $0.records().submission(reference: reference) }
            }
            self.page = page
            notice = nil
        } catch {
            notice = Notice(error)
            return
        }
        if let photo = page?.photo, photo.here, thumbnail == nil {
            let photoReference = photo.reference
            thumbnail = try? await core.run { try $0.records().thumbnail(reference: photoReference) }
        }
    }

    /// Makes the field say what one of those said who disagree about it.
    public func settle(_ field: String, _ change: String) async {
        let reference = reference
        do {
            page = try await core.run { try $0.records().settle(reference: reference, field: field, choice: change) }
            notice = nil
        } catch {
            notice = Notice(error)
        }
    }

    public func photo(_ photoReference: String) async -> Data? {
        do {
            return try await core.run { try $0.records().photo(reference: photoReference) }
        } catch {
            notice = Notice(error)
            return nil
        }
    }
}
