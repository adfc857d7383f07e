import SwiftUI
import VangGiaCore
import VangGiaModels

/// Where what stands above it comes from; a touch shows what the articles say.
struct GroundButton: View {
    let ground: String
    @State private var isOpen = false
    @Environment(AppModel.self) private var app

    var body: some View {
        if !ground.isEmpty {
            Button("\(app.say(.ground)): \(ground)") { isOpen = true }
                .font(.caption)
                .buttonStyle(.borderless)
                .sheet(isPresented: $isOpen) { LawSheet(app: app, ground: ground) }
        }
    }
}

private struct LawSheet: View {
    let app: AppModel
    let ground: String
    @State private var model: LawModel

    init(app: AppModel, ground: String) {
        self.app = app
        self.ground = ground
        _model = State(initialValue: LawModel(core: app.core))
    }

    var body: some View {
        NavigationStack {
            List {
                NoticeRow(notice: model.notice)
                ForEach(model.articles, id: \.self) { article in
                    Section(article.name) {
                        if !article.title.isEmpty { Text(article.title).font(.headline) }
                        Text(article.text)
                        if !article.note.isEmpty { Text(article.note).font(.caption).foregroundStyle(.secondary) }
                    }
                }
            }
            .navigationTitle(app.say(.ground))
            .toolbar { ToolbarItem(placement: .cancellationAction) { CloseButton(app: app) } }
            .task { await model.load(ground) }
        }
    }
}
