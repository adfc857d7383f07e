package vn.vanggia.app.device

import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.KeyProperties
import java.io.File
import java.security.GeneralSecurityException
import java.security.Key
import java.security.ProviderException
import javax.crypto.KeyGenerator
import javax.crypto.Mac
import vn.vanggia.app.Newer
import vn.vanggia.core.KeyStore as CoreKeyStore
import vn.vanggia.core.KeyStoreFailure
import java.security.KeyStore as JavaKeyStore

/** The HMAC key that never leaves the phone's secure hardware: StrongBox where there is one, else the TEE. */
class HardwareKeyStore(folder: File) : CoreKeyStore {
    /** Remembers that the key was made: one that is missing later is lost, and a new one would only look like a wrong PIN. */
    private val made = File(folder, "hardware-key")

    override fun hmac(bytes: ByteArray): ByteArray = asking {
        val mac = Mac.getInstance("HmacSHA256")
        mac.init(key())
        mac.doFinal(bytes)
    }

    override fun renew(): Unit = asking {
        // A key that the phone made useless still has its name.
        keys().deleteEntry(ALIAS)
        make()
        made.createNewFile()
    }

    private fun <T> asking(work: () -> T): T = try {
        work()
    } catch (_: KeyPermanentlyInvalidatedException) {
        throw KeyStoreFailure.Lost()
    } catch (_: GeneralSecurityException) {
        throw KeyStoreFailure.Unavailable()
    } catch (_: ProviderException) {
        // The hardware did not answer.
        throw KeyStoreFailure.Unavailable()
    }

    private fun key(): Key {
        val key = keys().getKey(ALIAS, null) ?: if (made.exists()) throw KeyStoreFailure.Lost() else make()
        made.createNewFile()
        return key
    }

    private fun keys(): JavaKeyStore = JavaKeyStore.getInstance(PROVIDER).apply { load(null) }

    private fun make(): Key {
        if (Build.VERSION.SDK_INT >= 28) {
            try {
                return generate(strongBox = true)
            } catch (_: ProviderException) {
                // Most phones have no StrongBox.
            }
        }
        return generate(strongBox = false)
    }

    @Newer
    private fun generate(strongBox: Boolean): Key {
        val wanted = KeyGenParameterSpec.Builder(ALIAS, KeyProperties.PURPOSE_SIGN)
        if (strongBox && Build.VERSION.SDK_INT >= 28) wanted.setIsStrongBoxBacked(true)
        return KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_HMAC_SHA256, PROVIDER)
            .apply { init(wanted.build()) }
            .generateKey()
    }

    private companion object {
        const val PROVIDER = "AndroidKeyStore"
        const val ALIAS = "vanggia"
    }
}
