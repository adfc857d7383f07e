package vn.vanggia.app

import android.app.Activity
import android.app.Application
import android.os.Build
import android.os.Bundle
import vn.vanggia.app.device.Camera
import vn.vanggia.app.device.Camera2
import vn.vanggia.app.device.HardwareKeyStore
import vn.vanggia.core.App
import vn.vanggia.core.AppConfig
import vn.vanggia.core.KeyStore
import vn.vanggia.core.Language

/** One core for the process. It holds every rule; what is here only draws and hands over. */
open class VanggiaApp : Application() {
    val core by lazy { Core(::openCore) }
    val sync by lazy { SyncRunner(core) }

    /** What the platform gives; a test gives its own. */
    open fun keyStore(): KeyStore = HardwareKeyStore(noBackupFilesDir)
    open fun camera(activity: Activity): Camera = Camera2(activity)

    fun language(): Language =
        if (getString(R.string.language) == "vi") Language.VIETNAMESE else Language.ENGLISH

    private fun openCore(): App {
        val config = AppConfig(
            folder = noBackupFilesDir.path,
            language = language(),
            deviceName = "${Build.MANUFACTURER} ${Build.MODEL}".trim(),
            appVersion = packageManager.getPackageInfo(packageName, 0).versionName.orEmpty(),
        )
        return App.open(config, keyStore())
    }

    override fun onCreate() {
        super.onCreate()
        registerActivityLifecycleCallbacks(object : ActivityLifecycleCallbacks {
            override fun onActivityStopped(activity: Activity) {
                (activity as? MainActivity)?.left()
            }

            override fun onActivityStarted(activity: Activity) {
                (activity as? MainActivity)?.entered()
            }

            override fun onActivityCreated(activity: Activity, state: Bundle?) = Unit
            override fun onActivityResumed(activity: Activity) = Unit
            override fun onActivityPaused(activity: Activity) = Unit
            override fun onActivitySaveInstanceState(activity: Activity, state: Bundle) = Unit
            override fun onActivityDestroyed(activity: Activity) = Unit
        })
    }
}
