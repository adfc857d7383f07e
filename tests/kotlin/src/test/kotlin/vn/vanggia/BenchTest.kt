package vn.vanggia

import org.junit.Assert.assertTrue
import org.junit.Assume.assumeTrue
import org.junit.Test
import vn.vanggia.core.AnswerValue
import vn.vanggia.core.App
import vn.vanggia.core.AppConfig
import vn.vanggia.core.Language
import vn.vanggia.testing.Hub
import vn.vanggia.testing.SoftKeyStore
import vn.vanggia.testing.Waiting
import java.io.File
import java.io.RandomAccessFile
import java.nio.ByteBuffer
import java.util.Locale

/** How long an answer takes through UniFFI and JNA, kept and synced to disk, beside an fdatasync alone; `-Dbench=true -Dvanggia.library=…/release`. */
class BenchTest {
    @Test
    fun answer() {
        assumeTrue(System.getProperty("bench") == "true")
        val folder = File(Hub.property("vanggia.target"), "kotlin/bench").also { it.deleteRecursively(); it.mkdirs() }
        Hub(File(folder, "hub")).use { hub ->
            App.open(AppConfig(File(folder, "phone").path, Language.VIETNAMESE, "JVM", "0"), SoftKeyStore()).use { phone ->
                phone.access().enrol(hub.invite(), "482915")
                val waiting = Waiting()
                phone.syncing().start(waiting).use { waiting.summary() }
                phone.forms().start("vang_gia", null).use { form ->
                    val path = form.page().questions.single { it.path.endsWith("/visit_purpose") }.path
                    // Each answer makes the question "which purpose?" come or go.
                    fun turn(n: Int) = form.answer(path, AnswerValue.Choice(if (n % 2 == 0) "other" else "first"))
                    repeat(50) { assertTrue(turn(it).page.questions.isNotEmpty()) }
                    say("uniffi.answer", median { turn(it) })
                }
            }
        }
        RandomAccessFile(File(folder, "page"), "rw").use { file ->
            val page = ByteBuffer.allocate(4096)
            say("disk.fdatasync", median {
                page.rewind()
                file.channel.write(page)
                file.channel.force(false)
            })
        }
    }

    private fun median(work: (Int) -> Unit): Double = List(300) { n ->
        val started = System.nanoTime()
        work(n)
        (System.nanoTime() - started) / 1e6
    }.sorted()[150]

    private fun say(name: String, milliseconds: Double) =
        println("""{"name":"$name","median_ms":${"%.3f".format(Locale.ROOT, milliseconds)}}""")
}
