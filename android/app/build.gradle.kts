plugins {
    id("com.android.application")
    id("org.jetbrains.kotlin.android")
}

android {
    namespace = "vn.vanggia.app"
    compileSdk = 35

    defaultConfig {
        applicationId = "vn.vanggia.app"
        minSdk = 26
        targetSdk = 35
        versionCode = 1
        versionName = "0.1.0"
    }

    // The generated Kotlin and the native libraries: `cargo xtask bindings`, then android/build-rust.sh.
    sourceSets["main"].kotlin.srcDir("../../target/bindings/kotlin")
    sourceSets["main"].jniLibs.srcDir("../../target/android-libs")

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_1_8
        targetCompatibility = JavaVersion.VERSION_1_8
    }
    buildTypes {
        release {
            isMinifyEnabled = true
            proguardFiles(getDefaultProguardFile("proguard-android-optimize.txt"), "proguard-rules.pro")
        }
    }
    // The tests run through Maven (android/pom.xml), where they need no Android SDK.
    testOptions.unitTests.all { it.enabled = false }
}

kotlin {
    compilerOptions {
        jvmTarget.set(org.jetbrains.kotlin.gradle.dsl.JvmTarget.JVM_1_8)
    }
}

dependencies {
    implementation("net.java.dev.jna:jna:5.19.1@aar")
}
