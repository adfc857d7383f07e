import SwiftUI
import VangGiaModels
import VangGiaUI

@main struct VangGiaApp: SwiftUI.App {
    private let app: AppModel?
    private let notice: Notice?

    init() {
        do {
            app = try AppModel.launch()
            notice = nil
        } catch {
            app = nil
            notice = Notice(error)
        }
    }

    var body: some Scene {
        WindowGroup {
            if let app { RootView(app: app) }
            if let notice { LaunchFailure(notice: notice) }
        }
    }
}
