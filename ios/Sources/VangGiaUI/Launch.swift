import Foundation
import UIKit
import VangGiaCore
import VangGiaModels

extension AppModel {
    /// Opens the core in this app's private folder, which no backup takes along.
    public static func launch() throws -> AppModel {
        let support = try FileManager.default.url(
            for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true)
        var folder = support.appending(path: "vanggia")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var values = URLResourceValues()
        values.isExcludedFromBackup = true
        try folder.setResourceValues(values)
        let english = Locale.preferredLanguages.first?.hasPrefix("en") == true
        let language: Language = english ? .english : .vietnamese
        let version = Bundle.main.infoDictionary?["CFBundleShortVersionString"] as? String
        let config = AppConfig(
            folder: folder.path, language: language, deviceName: UIDevice.current.model, appVersion: version ?? "0")
        let core = try Core(config: config, keyStore: HardwareKeyStore(folder: folder))
        return AppModel(core: core, language: language)
    }
}
