// swift-tools-version: 6.0
import Foundation
import PackageDescription

// The Rust core comes as an xcframework on Apple's systems (build-rust.sh makes it) and as a static library in
// VANGGIA_LIBRARY on Linux. That folder must hold the .a alone, so that `-l` can't find a shared one beside it.

#if os(Linux)
    let library = ProcessInfo.processInfo.environment["VANGGIA_LIBRARY"] ?? "\(Context.packageDirectory)/Build/lib"
    let core: [Target] = [
        .systemLibrary(name: "VangGiaCoreFFI"),
        .target(
            name: "VangGiaCore", dependencies: ["VangGiaCoreFFI"],
            linkerSettings: [.unsafeFlags(["-L\(library)"]), .linkedLibrary("vanggia")]),
        .target(name: "LinuxShims"),
    ]
    // Declarations only, so that the views and the key store are type-checked here: see Stub/README.md.
    let apple = ["CoreLocation", "CryptoKit", "Security", "SwiftUI", "UIKit", "VisionKit"]
    let stubs: [Target] = [
        .target(name: "CoreLocation", path: "Stub/CoreLocation"),
        .target(name: "CryptoKit", path: "Stub/CryptoKit"),
        .target(name: "Security", path: "Stub/Security"),
        .target(name: "UIKit", path: "Stub/UIKit"),
        .target(name: "SwiftUI", dependencies: ["UIKit"], path: "Stub/SwiftUI"),
        .target(name: "VisionKit", dependencies: ["UIKit"], path: "Stub/VisionKit"),
        .executableTarget(
            name: "VangGiaApp", dependencies: ["VangGiaUI", "VangGiaModels", "SwiftUI"], path: "App",
            exclude: ["en.lproj"]),
    ]
    let onLinux: [Target.Dependency] = ["LinuxShims"]
#else
    let core: [Target] = [
        .binaryTarget(name: "VangGiaCoreFFI", path: "Build/VangGiaCoreFFI.xcframework"),
        .target(name: "VangGiaCore", dependencies: ["VangGiaCoreFFI"]),
    ]
    let apple: [String] = []
    let stubs: [Target] = []
    let onLinux: [Target.Dependency] = []
#endif

let package = Package(
    name: "VangGia",
    defaultLocalization: "vi",
    platforms: [.iOS(.v17)],
    products: [.library(name: "VangGiaUI", targets: ["VangGiaUI"])],
    targets: core + stubs + [
        // Screens as observable values; no SwiftUI.
        .target(name: "VangGiaModels", dependencies: ["VangGiaCore"] + onLinux),
        // What exists on a device only: hardware key, place, camera, code scanner, and the views.
        .target(
            name: "VangGiaUI",
            dependencies: ["VangGiaModels", "VangGiaCore"] + apple.map { .byName(name: $0) },
            resources: [.process("Resources")]),
        .testTarget(name: "VangGiaTests", dependencies: ["VangGiaModels", "VangGiaUI", "VangGiaCore"]),
    ],
    swiftLanguageModes: [.v6]
)
