package vn.vanggia.app.device

import android.annotation.SuppressLint
import android.content.Context
import android.location.Location
import android.location.LocationListener
import android.location.LocationManager
import android.os.Bundle
import android.os.Handler
import android.os.Looper

/** The receiver for satellites, for as long as a question waits for it. */
class Locator(context: Context) {
    private val manager = context.getSystemService(LocationManager::class.java)
    private val main = Handler(Looper.getMainLooper())
    private var listener: LocationListener? = null
    private var late: Runnable? = null

    /** False if it is switched off. [late] comes after a minute and a half without a good enough position. */
    @SuppressLint("MissingPermission") // Asked for by whoever calls this.
    fun start(found: (Location) -> Unit, late: () -> Unit): Boolean {
        stop()
        val manager = manager ?: return false
        if (!manager.isProviderEnabled(LocationManager.GPS_PROVIDER)) return false
        // All four: before Android 11 the platform calls the ones that have a body since.
        val listener = object : LocationListener {
            override fun onLocationChanged(location: Location) = found(location)
            override fun onProviderEnabled(provider: String) = Unit
            override fun onProviderDisabled(provider: String) = late()
            @Deprecated("Called before Android 10 only.")
            override fun onStatusChanged(provider: String, status: Int, extras: Bundle?) = Unit
        }
        this.listener = listener
        val runnable = Runnable(late)
        this.late = runnable
        manager.requestLocationUpdates(LocationManager.GPS_PROVIDER, 0, 0f, listener, Looper.getMainLooper())
        main.postDelayed(runnable, 90_000)
        return true
    }

    fun stop() {
        listener?.let { manager?.removeUpdates(it) }
        listener = null
        late?.let { main.removeCallbacks(it) }
        late = null
    }
}
