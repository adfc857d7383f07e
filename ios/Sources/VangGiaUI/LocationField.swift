import CoreLocation
import SwiftUI
import VangGiaCore
import VangGiaModels

struct LocationField: View {
    let form: FormModel
    let question: QuestionView
    @Environment(AppModel.self) private var app
    @State private var isLooking = false
    @State private var hasFailed = false

    var body: some View {
        if question.value != .empty { Text(question.shown) }
        HStack {
            Button(app.say(.locate), systemImage: "location") { Task { await locate() } }.disabled(isLooking)
            if isLooking { ProgressView() }
            if question.value != .empty {
                Button(app.say(.remove), systemImage: "trash", role: .destructive) {
                    Task { await form.answer(question.path, .empty) }
                }
            }
        }
        .buttonStyle(.borderless)
        if hasFailed { Text(app.say(.locateFailed)).foregroundStyle(.red) }
    }

    private func locate() async {
        isLooking = true
        defer { isLooking = false }
        if let place = await PlaceFinder().find() {
            hasFailed = false
            await form.answer(question.path, place)
        } else {
            hasFailed = true
        }
    }
}

/// Asks the phone once where it is.
@MainActor
final class PlaceFinder: NSObject, CLLocationManagerDelegate {
    private let manager = CLLocationManager()
    private var waiting: CheckedContinuation<AnswerValue?, Never>?

    /// `nil` if it may not say or doesn't know.
    func find() async -> AnswerValue? {
        manager.delegate = self
        manager.desiredAccuracy = kCLLocationAccuracyBest
        return await withCheckedContinuation { continuation in
            waiting = continuation
            // The answer to the permission comes to the delegate, at once where it was given before.
            if manager.authorizationStatus == .notDetermined {
                manager.requestWhenInUseAuthorization()
            } else {
                manager.requestLocation()
            }
        }
    }

    private func end(_ place: AnswerValue?) {
        waiting?.resume(returning: place)
        waiting = nil
    }

    nonisolated func locationManagerDidChangeAuthorization(_ manager: CLLocationManager) {
        let status = manager.authorizationStatus
        Task { @MainActor in
            switch status {
            case .authorizedWhenInUse, .authorizedAlways: self.manager.requestLocation()
            case .notDetermined: break
            default: self.end(nil)
            }
        }
    }

    nonisolated func locationManager(_ manager: CLLocationManager, didUpdateLocations locations: [CLLocation]) {
        let place = locations.last.map {
            AnswerValue.location(
                latitude: $0.coordinate.latitude, longitude: $0.coordinate.longitude, altitude: $0.altitude,
                accuracy: max(0, $0.horizontalAccuracy))
        }
        Task { @MainActor in self.end(place) }
    }

    nonisolated func locationManager(_ manager: CLLocationManager, didFailWithError error: any Error) {
        Task { @MainActor in self.end(nil) }
    }
}
