package vn.vanggia.testing

import vn.vanggia.core.KeyStore
import vn.vanggia.core.KeyStoreFailure
import vn.vanggia.core.SyncObserver
import vn.vanggia.core.SyncProgress
import vn.vanggia.core.SyncSummary
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec

/** Stands for the phone's secure hardware, with a key in memory. */
class SoftKeyStore(private var seed: Int = 1) : KeyStore {
    private var key: SecretKeySpec? = made()
    var calls = 0
        private set

    private fun made() = SecretKeySpec(ByteArray(32) { (it * 7 + seed).toByte() }, "HmacSHA256")

    /** As after a reset of the phone's lock. */
    fun lose() {
        key = null
    }

    override fun hmac(bytes: ByteArray): ByteArray {
        calls++
        return Mac.getInstance("HmacSHA256").apply { init(key ?: throw KeyStoreFailure.Lost()) }.doFinal(bytes)
    }

    override fun renew() {
        seed++
        key = made()
    }
}

/** Waits for the end of a synchronisation. */
class Waiting : SyncObserver {
    val heard = ArrayList<SyncProgress>()
    private val end = CompletableFuture<SyncSummary>()

    override fun progress(progress: SyncProgress) {
        synchronized(heard) { heard.add(progress) }
    }

    override fun finished(summary: SyncSummary) {
        end.complete(summary)
    }

    fun summary(): SyncSummary = end.get(120, TimeUnit.SECONDS)
}
