import Foundation
import Observation
import VangGiaCore

/// Households by what a person types.
@MainActor
@Observable
public final class HouseholdsModel {
    public var query = ""
    public private(set) var rows: [HouseholdRow] = []
    public private(set) var total: UInt32 = 0
    public private(set) var notice: Notice?

    private let core: Core
    private let pageSize: UInt32
    /// An answer to an older question is not shown.
    private var asked = 0

    public init(core: Core, pageSize: UInt32 = 50) {
        self.core = core
        self.pageSize = pageSize
    }

    public var hasMore: Bool { rows.count < Int(total) }

    public func search() async { await load(offset: 0) }

    public func loadMore() async {
        if hasMore { await load(offset: UInt32(rows.count)) }
    }

    private func load(offset: UInt32) async {
        asked += 1
        let (mine, query, limit) = (asked, query, pageSize)
        do {
            let page = try await core.run { try $0.households().list(query: query, offset: offset, limit: limit) }
            guard mine == asked else { return }
            rows = offset == 0 ? page.rows : rows + page.rows
            total = page.total
            notice = nil
        } catch {
            if mine == asked { notice = Notice(error) }
        }
    }
}

/// One household with its people, photos, cases and all else that lies in it.
@MainActor
@Observable
public final class HouseholdModel {
    public let id: String
    public private(set) var household: HouseholdView?
    /// Forms about this household.
    public private(set) var forms: [FormRow] = []
    public private(set) var thumbnails: [String: Data] = [:]
    public private(set) var notice: Notice?

    private let core: Core

    public init(core: Core, id: String) {
        self.core = core
        self.id = id
    }

    public func load() async {
        let id = id
        do {
            (household, forms) = try await core.run {
                (try $0.households().view(id: id), try $0.forms().about(record: "household:\(id)"))
            }
            notice = nil
        } catch {
            notice = Notice(error)
            return
        }
        for photo in household?.photos ?? [] where photo.here && thumbnails[photo.id] == nil {
            let reference = photo.reference
            thumbnails[photo.id] = try? await core.run { try $0.records().thumbnail(reference: reference) }
        }
    }

    public func photo(_ reference: String) async -> Data? {
        do {
            return try await core.run { try $0.records().photo(reference: reference) }
        } catch {
            notice = Notice(error)
            return nil
        }
    }

    /// The new case's id.
    public func openCase(reason: String) async -> String? {
        let id = id
        do {
            let opened = try await core.run { try $0.cases().open(householdId: id, reason: reason) }
            await load()
            return opened
        } catch {
            notice = Notice(error)
            return nil
        }
    }
}

/// One case with its facts, people and deadlines.
@MainActor
@Observable
public final class CaseModel {
    public let id: String
    public private(set) var details: CaseView?
    /// Forms about this case.
    public private(set) var forms: [FormRow] = []
    public private(set) var notice: Notice?

    private let core: Core

    public init(core: Core, id: String) {
        self.core = core
        self.id = id
    }

    public func load() async {
        let id = id
        do {
            (details, forms) = try await core.run {
                (try $0.cases().view(id: id), try $0.forms().about(record: "case:\(id)"))
            }
            notice = nil
        } catch {
            notice = Notice(error)
        }
    }

    /// For its members alone, from now on.
    public func restrict() async {
        let id = id
        do {
            try await core.run { try $0.cases().restrict(id: id) }
            await load()
        } catch {
            notice = Notice(error)
        }
    }
}
