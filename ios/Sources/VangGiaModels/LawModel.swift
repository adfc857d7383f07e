import Foundation
import Observation
import VangGiaCore

/// What the articles say that a ground names.
@MainActor
@Observable
public final class LawModel {
    public private(set) var articles: [ArticleView] = []
    public private(set) var notice: Notice?

    private let core: Core

    public init(core: Core) { self.core = core }

    public func load(_ ground: String) async {
        do {
            articles = try await core.run { try $0.law().articles(ground: ground) }
            notice = nil
        } catch {
            notice = Notice(error)
        }
    }
}
