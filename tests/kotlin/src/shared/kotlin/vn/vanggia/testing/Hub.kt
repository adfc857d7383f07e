package vn.vanggia.testing

import java.io.File
import java.net.URI
import java.net.URLEncoder
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.util.concurrent.TimeUnit

/** A hub process of its own, with a user, the two forms of the catalogue and an empty folder. */
class Hub(private val folder: File) : AutoCloseable {
    private val program = property("vanggia.hub")
    private val root = File(property("vanggia.root"))
    private var data = File(folder, "data")
    private var process: Process
    lateinit var url: String
        private set
    val password: String

    init {
        folder.deleteRecursively()
        folder.mkdirs()
        password = run(
            "user", "add", "--login", LOGIN, "--name", WORKER, "--role", "case_manager", "--place", "commune:$COMMUNE", "--on-duty",
        ).lines().first { it.startsWith("password ") }.removePrefix("password ").trim()
        for (form in listOf("vang_gia", "tiep_nhan_tre_em")) publish(File(root, "packs/quoc_gia/forms/$form"))
        process = serve("127.0.0.1:0")
    }

    private fun serve(listen: String): Process {
        val log = File(folder, "serve.log")
        val process = start("serve", "--plain", "--listen", listen).redirectError(log).start()
        val first = process.inputStream.bufferedReader().readLine().orEmpty()
        check(first.startsWith("ready ")) { "the hub did not start: $first ${log.readText()}" }
        url = first.removePrefix("ready ").trim()
        return process
    }

    /** The text of the QR code that makes a phone a device of the worker. */
    fun invite(login: String = LOGIN): String =
        run("invite", "--login", login, "--address", url).lines().first { it.startsWith("vanggia:") }.trim()

    fun add(login: String, name: String) {
        run("user", "add", "--login", login, "--name", name, "--role", "case_manager", "--place", "commune:$COMMUNE")
    }

    fun publish(form: File) {
        run("form", "publish", form.path)
    }

    /** What the office reads out to whoever sent this request. */
    fun recover(request: String): String =
        run("recover", "--key", File(data, "recovery.key").path, "--request", request).lines()
            .first { it.startsWith("code ") }.removePrefix("code ").trim()

    fun backup() = File(folder, "backup.tar").also { run("backup", "--to", it.path) }

    /** In place of this hub, at its address, one from a backup. */
    fun restore(backup: File) {
        close()
        data = File(folder, "restored")
        run("restore", "--from", backup.path)
        process = serve(url.removePrefix("http://"))
    }

    /** Publishes a newer version of `vang_gia`, without one choice of a list. */
    fun publishNewer(list: String, choice: String) {
        val form = File(folder, "vang_gia").also { File(root, "packs/quoc_gia/forms/vang_gia").copyRecursively(it) }
        fun change(name: String, how: (String) -> String) = File(form, name).run { writeText(how(readText())) }
        change("settings.csv") { it.replace(Regex("\\b20\\d{8}\\b"), "2099010101") }
        change("choices.csv") { text -> text.lines().filterNot { it.startsWith("$list,$choice,") }.joinToString("\n") }
        publish(form)
    }

    /** Counts without personal data. */
    fun stats(): Map<String, Long> =
        Regex("\"(\\w+)\"\\s*:\\s*(\\d+)").findAll(run("stats")).associate { it.groupValues[1] to it.groupValues[2].toLong() }

    fun run(vararg args: String): String {
        val process = start(*args).redirectErrorStream(true).start()
        val printed = process.inputStream.bufferedReader().readText()
        check(process.waitFor() == 0) { "${args.toList()}: $printed" }
        return printed
    }

    private fun start(vararg args: String) =
        ProcessBuilder(listOf(program) + args + listOf("--data", data.path)).directory(root)

    override fun close() {
        process.destroy()
        if (!process.waitFor(10, TimeUnit.SECONDS)) process.destroyForcibly()
    }

    companion object {
        const val LOGIN = "hoa.le"
        const val WORKER = "Lê Thị Hoa"
        const val PROVINCE = "01"
        const val COMMUNE = "00070"

        fun property(name: String): String = requireNotNull(System.getProperty(name)) { "no -D$name" }
    }
}

/** The console as a browser sees it, logged in. */
class Console(hub: Hub) {
    private val base = hub.url.trimEnd('/')
    private val http = HttpClient.newHttpClient()
    private val session: String

    init {
        val answer = send(post("/login", "login" to Hub.LOGIN, "password" to hub.password))
        val cookies = answer.headers().allValues("set-cookie")
        session = cookies.firstOrNull { it.startsWith("session=") }?.substringBefore(';')
            ?: error("no login: ${answer.statusCode()} ${text(answer)}")
    }

    fun page(path: String): String = String(bytes(path), Charsets.UTF_8)

    fun bytes(path: String): ByteArray {
        val answer = send(HttpRequest.newBuilder(URI(base + path)).header("Cookie", session).build())
        check(answer.statusCode() == 200) { "$path: ${answer.statusCode()}" }
        return answer.body()
    }

    /** A search is a form of its own, as names do not belong in addresses. */
    fun search(words: String): String {
        val answer = send(post("/households", "q" to words))
        check(answer.statusCode() == 200) { "search: ${answer.statusCode()} ${text(answer)}" }
        return text(answer)
    }

    /** Fills the form of that page, the rest of it as it stands there; where the answer leads. */
    fun write(path: String, vararg typed: Pair<String, String>): String {
        val filled = filled(page(path)).filter { (name, _) -> typed.none { it.first == name } }
        val answer = send(post(path, *(filled + typed).toTypedArray()))
        check(answer.statusCode() == 303) { "$path: ${answer.statusCode()} ${text(answer)}" }
        return answer.headers().firstValue("location").get()
    }

    /** What a browser would send back untouched. */
    private fun filled(page: String): List<Pair<String, String>> {
        val form = page.substringAfter("action=\"/records/").substringBefore("</form>")
        val pairs = ArrayList<Pair<String, String>>()
        for ((tag, text) in Regex("<(input|textarea|select|option)([^>]*)>([^<]*)").findAll(form).map { "${it.groupValues[1]}${it.groupValues[2]}" to it.groupValues[3] }) {
            fun attribute(name: String) = Regex(" $name=\"([^\"]*)\"").find(tag)?.groupValues?.get(1)?.replace("&quot;", "\"")?.replace("&amp;", "&")
            val name = attribute("name")
            val left = ("\"checkbox\"" in tag || "\"radio\"" in tag) && " checked" !in tag
            when (tag.substringBefore(' ')) {
                "input" -> if (name != null && !left) pairs += name to attribute("value").orEmpty()
                "textarea" -> if (name != null) pairs += name to text
                "select" -> if (name != null) pairs += name to ""
                "option" -> if (" selected" in tag) pairs += pairs.removeLast().first to attribute("value").orEmpty()
            }
        }
        return pairs
    }

    private fun post(path: String, vararg fields: Pair<String, String>): HttpRequest {
        val form = fields.joinToString("&") { (name, value) -> "$name=${URLEncoder.encode(value, "UTF-8")}" }
        val request = HttpRequest.newBuilder(URI(base + path)).header("Origin", base)
            .header("Content-Type", "application/x-www-form-urlencoded").POST(HttpRequest.BodyPublishers.ofString(form))
        if (path != "/login") request.header("Cookie", session)
        return request.build()
    }

    private fun send(request: HttpRequest) = http.send(request, HttpResponse.BodyHandlers.ofByteArray())

    private fun text(answer: HttpResponse<ByteArray>) = String(answer.body(), Charsets.UTF_8)
}
