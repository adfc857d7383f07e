import Foundation
import Observation
import VangGiaCore

/// What a record can be printed as.
@MainActor
@Observable
public final class PapersModel {
    /// `kind:uuid`.
    public let reference: String
    public private(set) var papers: [PaperRow] = []
    public private(set) var notice: Notice?

    private let core: Core

    public init(core: Core, reference: String) {
        self.core = core
        self.reference = reference
    }

    public func load() async {
        let reference = reference
        do {
            papers = try await core.run { try $0.records().papers(reference: reference) }
            notice = nil
        } catch {
            notice = Notice(error)
        }
    }

    /// The document, to be printed without scripts and without a network.
    public func paper(_ id: String) async -> PaperView? {
        let reference = reference
        do {
            let paper = try await core.run { try $0.records().paper(reference: reference, paper: id) }
            notice = nil
            return paper
        } catch {
            notice = Notice(error)
            return nil
        }
    }
}
