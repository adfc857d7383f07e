import SwiftUI
import VangGiaCore
import VangGiaModels

/// The whole app: enrolment, PIN or the day's work, by where the core stands.
public struct RootView: View {
    private let app: AppModel
    @Environment(\.scenePhase) private var phase

    public init(app: AppModel) { self.app = app }

    public var body: some View {
        Group {
            switch app.status {
            case .notEnrolled: EnrolScreen(app: app)
            case .locked: UnlockScreen(app: app)
            case .unlocked: HomeScreen(app: app)
            // Nothing of a household in the app switcher's picture.
            case .paused: ProgressView()
            }
        }
        .id(app.generation)
        .environment(app)
        .environment(\.locale, app.locale)
        .task { await app.refresh() }
        .onChange(of: phase) { _, phase in
            switch phase {
            case .background: app.pause()
            case .active: Task { await app.resume() }
            default: break
            }
        }
    }
}

struct HomeScreen: View {
    let app: AppModel

    var body: some View {
        TabView {
            TodayScreen(app: app).tabItem { Label(app.say(.today), systemImage: "sun.max") }
            HouseholdsScreen(app: app).tabItem { Label(app.say(.households), systemImage: "house") }
            SyncScreen(app: app).tabItem { Label(app.say(.sync), systemImage: "arrow.triangle.2.circlepath") }
        }
    }
}

/// What the core says went wrong.
struct NoticeRow: View {
    let notice: Notice?

    var body: some View {
        if let notice {
            VStack(alignment: .leading) {
                Text(notice.text)
                Text(notice.code).font(.caption).foregroundStyle(.secondary)
            }
            .foregroundStyle(.red)
            .accessibilityElement(children: .combine)
        }
    }
}

/// The core could not open this phone's files, such as those of a newer version; nothing was changed.
public struct LaunchFailure: View {
    private let notice: Notice

    public init(notice: Notice) { self.notice = notice }

    public var body: some View { List { NoticeRow(notice: notice) } }
}
