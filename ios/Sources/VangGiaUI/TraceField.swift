import SwiftUI
import VangGiaCore
import VangGiaModels

/// Positions walked one after another; needs no map.
struct TraceField: View {
    let form: FormModel
    let question: QuestionView
    @Environment(AppModel.self) private var app
    @State private var isLooking = false
    @State private var hasFailed = false

    var body: some View {
        let points = form.points(of: question)
        ForEach(Array(points.indices), id: \.self) { place in
            Text("\(place + 1).  \(degrees(points[place].latitude)), \(degrees(points[place].longitude))")
        }
        if points.count < form.least(question) {
            Text("\(points.count) / \(form.least(question))").foregroundStyle(.secondary)
        }
        HStack {
            Button(app.say(.locate), systemImage: "plus") { Task { await add() } }.disabled(isLooking)
            if isLooking { ProgressView() }
            if !points.isEmpty {
                Button(app.say(.remove), systemImage: "arrow.uturn.backward", role: .destructive) {
                    Task { await form.dropLastPoint(of: question) }
                }
            }
        }
        .buttonStyle(.borderless)
        if hasFailed { Text(app.say(.locateFailed)).foregroundStyle(.red) }
    }

    private func degrees(_ number: Double) -> String { String((number * 100_000).rounded() / 100_000) }

    private func add() async {
        isLooking = true
        defer { isLooking = false }
        guard case let .location(latitude, longitude, altitude, accuracy)? = await PlaceFinder().find() else {
            hasFailed = true
            return
        }
        hasFailed = false
        let position = GeoPosition(latitude: latitude, longitude: longitude, altitude: altitude, accuracy: accuracy)
        await form.add(position, to: question)
    }
}
