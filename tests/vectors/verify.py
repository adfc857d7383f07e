"""Checks batch-2.json and ed25519.json by ADR 8, office-1.json by docs/protocol.md alone: Python's standard library,
nothing of the program's."""
import base64, hashlib, hmac, json, pathlib, uuid

P, L, SEQ = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493, 2**63 - 1
D, ROOT = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)
NAMES, IDS, BATCHES, CHANGES, RECORDS, TIMES, FIELDS, REPLACES, SECRETS, HASHES, SIGNATURES, LENGTHS, VALUES = range(13)
class Refused(Exception): pass
def need(holds, code):
    if not holds:
        raise Refused("batch." + code)
ascending = lambda entries: need(all(a < b for a, b in zip(entries, entries[1:])), "order")

# "Verification": Ed25519, points as (x, y).
def add(a, b):
    m = D * a[0] * b[0] * a[1] * b[1] % P
    return (a[0] * b[1] + a[1] * b[0]) * pow(1 + m, -1, P) % P, (a[1] * b[1] + a[0] * b[0]) * pow(1 - m, -1, P) % P
def times(n, a):
    half = times(n >> 1, add(a, a)) if n else (0, 1)
    return add(half, a) if n & 1 else half
def point(data):
    y = int.from_bytes(data, "little") % 2**255
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * ROOT % P
    return ((P - x) % P if x % 2 != data[31] >> 7 else x, y) if x * x % P == square else None
def signed(key, message, signature):
    need(int.from_bytes(key, "little") % 2**255 < P, "key-not-canonical")
    a, s = point(key), int.from_bytes(signature[32:], "little")
    need(a is None or times(8, a) != (0, 1), "key-small-order")
    need(len(signature) == 64 and s < L and a, "wrong-signature")  # single, without the cofactor, R as bytes
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    base = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    x, y = add(times(s, base), times(h, ((P - a[0]) % P, a[1])))
    need((y | (x & 1) << 255).to_bytes(32, "little") == signature[:32], "wrong-signature")

# "Hashing", "Seeds", "Tree".
joined = lambda parts: b"".join(len(part).to_bytes(4, "big") + part for part in parts)
H = lambda tag, *parts: hashlib.sha256(b"vanggia2" + bytes([tag]) + joined(parts)).digest()
K = lambda seed, label, x=b"": hmac.digest(seed, label + b"\0" + x, "sha256")[:16]
def tree(leaves, hidden):
    """The root, and how many subtrees are hidden; `hidden` gives the hash of the next one."""
    if not any(leaves) or len(leaves) == 1:
        return (leaves[0], 0) if leaves[0] else (hidden(), 1)
    half = 1 << (len(leaves) - 1).bit_length() - 1
    (left, some), (right, others) = tree(leaves[:half], hidden), tree(leaves[half:], hidden)
    return H(1, left, right), some + others

# "Bytes".
class Page:
    def __init__(self, data):
        for at, (known, code) in enumerate(((2, "newer"), (0, "unknown-flag"))):  # packing 1: zstd, not in the library
            need(len(data) > at, "truncated")
            need(data[at] == known, code)
        self.rest = [data[2:]]
        self.rest = [self.take(0, self.number(0)) for _ in range(13)] + self.rest
        need(not self.rest.pop(), "trailing")
        self.names = [self.take(NAMES, self.number(NAMES)).decode() for _ in range(self.number(NAMES))]
        table = self.take(IDS, 16 * (rows := self.number(IDS)))
        self.ids = [table[row::rows] for row in range(rows)]
        ascending([name.encode() for name in self.names])
        ascending(self.ids)
        self.used, self.columns, self.last = set(), {}, {"record": 0, "cause": 0, "ms": 0}
        self.batches = [self.batch() for _ in range(self.number(BATCHES))]
        for column in sorted(self.columns):
            self.last["value"] = 0
            [field.update(value=self.value()) for field in self.columns[column]]
        need(not any(self.rest), "trailing")
        need(len(self.used) == len(self.names) + len(self.ids), "unused")
    def take(self, column, count):
        taken, self.rest[column] = self.rest[column][:count], self.rest[column][count:]
        return need(len(taken) == count, "truncated") or taken
    def number(self, column, limit=2**64, code="long-integer"):
        number, shift, byte = 0, 0, 0x80
        while byte & 0x80:
            byte = self.take(column, 1)[0]
            number |= (byte & 0x7F) << shift
            need((byte or not shift) and number < 2**64, "long-integer")
            shift += 7
        return need(number <= limit, code) or number
    def entry(self, table, number):
        need(number < len(table), "no-such-entry")
        return self.used.add((table is self.ids, number)) or table[number]
    def moved(self, column, what):
        number = self.number(column)
        self.last[what] = (self.last[what] + (number >> 1 ^ -(number & 1))) % 2**64
        return self.last[what]
    name = lambda self, column: self.entry(self.names, self.number(column))
    id = lambda self, column: self.entry(self.ids, self.number(column))
    moved_id = lambda self, column, what: self.entry(self.ids, self.moved(column, what))
    def state(self, column, known=3):
        return need((state := self.take(column, 1)[0]) < known, "unknown-flag") or state
    def batch(self):
        need(self.take(BATCHES, 1) == b"\1", "unknown-suite")
        flags = self.state(BATCHES, 4)
        batch = {what: self.id(BATCHES) for what in ("office", "device", "author")}
        count = self.number(BATCHES, 10_000, "too-large")
        batch["place"] = (self.number(BATCHES), self.take(HASHES, 32)) if flags & 2 else None
        batch["signature"], batch["seed"] = self.take(SIGNATURES, 64), self.take(SECRETS, 16) if flags & 1 else None
        batch["changes"] = [self.change(batch["seed"], index) for index in range(count)]
        hidden = tree([change and b"seen" for change in batch["changes"]], lambda: b"")[1] if count else 0
        return batch | {"hidden": [self.take(HASHES, 32) for _ in range(hidden)]}
    def change(self, batch_seed, index):
        state = self.state(CHANGES)
        need(not batch_seed or state == 0, "seed-beside-hidden")
        if state == 2:
            return None
        record = self.entry(self.names, kind := self.number(CHANGES)), self.moved_id(RECORDS, "record")
        stamp, cause = (self.moved(TIMES, "ms"), self.number(TIMES, 2**32 - 1)), ("", b"")
        if cause_kind := self.number(CHANGES):
            cause = self.entry(self.names, cause_kind - 1), self.moved_id(RECORDS, "cause")
        count = self.number(CHANGES, 1_000, "too-large")
        secret = K(batch_seed, b"change", index.to_bytes(4, "big")) if batch_seed else self.take(SECRETS, 16)
        seed, salt = (None, secret) if state else (secret, K(secret, b"header"))
        fields = [self.field(kind, seed) for _ in range(count)]
        return {"seed": seed, "header_salt": salt, "record": record, "stamp": stamp, "cause": cause, "fields": fields}
    def field(self, kind, seed):
        state = self.state(FIELDS)
        need(not seed or state == 0, "seed-beside-hidden")
        if state == 1:
            return {"leaf": self.take(HASHES, 32)}
        field = {"name": self.entry(self.names, number := self.number(FIELDS))}
        field["replaces"] = [self.id(REPLACES) for _ in range(self.number(REPLACES))]
        if state == 2:
            return field | {"order": self.id(FIELDS), "commitment": self.take(HASHES, 32)}
        field["salt"] = K(seed, b"field", field["name"].encode()) if seed else self.take(SECRETS, 16)
        self.columns.setdefault((kind, number), []).append(field)
        return field
    def value(self):
        reference = lambda: f'"{self.name(LENGTHS)}:{uuid.UUID(bytes=self.moved_id(LENGTHS, "value"))}"'
        text = self.take(VALUES, length).decode() if (length := self.number(LENGTHS)) else reference()
        json.loads(text, object_pairs_hook=lambda pairs: need(len(dict(pairs)) == len(pairs), "not-json"))
        return text

# "Change", "Signature", "Receiving".
def change_hash(batch, change, seq):
    (ms, n), number = change["stamp"], seq.to_bytes(8, "big")
    need(ms <= SEQ, "too-large")
    ascending([field["name"].encode() for field in change["fields"] if "name" in field])
    references = [part for kind, id in (change["record"], change["cause"]) for part in (kind.encode(), id)]
    place = batch["office"], batch["device"], number, ms.to_bytes(8, "big") + n.to_bytes(4, "big")
    for field in change["fields"]:
        if name := field.get("name", "").encode():
            ascending(field["replaces"])
            if "value" in field:
                field["commitment"] = H(2, field["salt"], batch["device"], number, name, field["value"].encode())
            field["leaf"] = H(3, name, b"".join(field["replaces"]), field["commitment"])
    header = H(4, change["header_salt"], *place, *references)
    leaf = H(0, header, *[field["leaf"] for field in change["fields"]])
    change |= {"seq": seq, "header": header, "hash": leaf, "id": leaf[:16]}
    return leaf
def receive(page, signers, chains=None):
    batches, places = Page(page).batches, {}
    for batch in batches:
        need(batch["place"] or batch["device"] in places, "no-such-entry")
        first, batch["previous"] = batch["place"] = batch["place"] or places[batch["device"]]
        need(changes := batch["changes"], "empty")
        need(0 < first <= SEQ - len(changes), "sequence")
        leaves = [change and change_hash(batch, change, seq) for seq, change in enumerate(changes, first)]
        batch["root"] = tree(leaves, iter(batch["hidden"]).__next__)[0]
        parts = b"\1" + batch["office"] + batch["device"] + batch["author"] + first.to_bytes(8, "big")
        batch["statement"] = parts + len(changes).to_bytes(4, "big") + batch["previous"] + batch["root"]
        batch["statement_hash"] = H(5, batch["statement"])
        places[batch["device"]] = first + len(changes), batch["statement_hash"]
    for batch in batches:
        signer = signers.get(batch["device"], {})
        for what in ("device", "office", "author"):
            need(batch[what] == signer.get(what), "wrong-" + what)
        signed(signer["key"], b"vanggia batch 2\n" + batch["statement"], batch["signature"])
        for part, code in enumerate(("gap", "broken-chain") if chains else ()):
            need(batch["place"][part] == chains[batch["device"]][part], code)
        (chains or {})[batch["device"]] = batch["place"][0] + len(batch["changes"]), batch["statement_hash"]
    return batches
def code(act, *given):
    try:
        act(*given)
    except (Refused, ValueError) as error:
        return {UnicodeDecodeError: "batch.not-text", json.JSONDecodeError: "batch.not-json"}.get(type(error), str(error))

def agree(found, wanted, at):
    if isinstance(wanted, (dict, list)):
        parts = wanted if isinstance(wanted, dict) else range(max(len(wanted), len(found)))
        return [agree(found[part], wanted[part], (*at, part)) for part in parts]
    assert (found.hex() if isinstance(found, bytes) else found) == wanted, (at, found, wanted)

read = lambda name: json.loads(pathlib.Path(__file__).with_name(name).read_text())
vectors = read("batch-2.json") | {"signatures": read("ed25519.json")["cases"]}
unhex = lambda entry: {part: bytes.fromhex(value) for part, value in entry.items()}
signers = {signer["device"]: signer for signer in map(unhex, vectors["signers"])}
begin = lambda: {device: (1, H(6, signer["certificate"])) for device, signer in signers.items()}
for wanted in vectors["batches"] + vectors["views"]:
    agree(receive(bytes.fromhex(wanted["page"]), signers)[0], wanted["made"], (wanted["name"],))
receive(bytes.fromhex(vectors["chained"]), signers, begin())
for refused in vectors["refused"]:
    chains = begin()
    found = [code(receive, bytes.fromhex(page), signers, chains) for page in refused["pages"]]
    assert found == [None] * (len(found) - 1) + [refused["code"]], (refused["name"], found)
for case in vectors["signatures"]:
    found = code(signed, *(bytes.fromhex(case[part]) for part in ("key", "message", "signature")))
    assert found == case["outcome"], (case, found)

# protocol.md, "Signed statements": the very bytes of the statement as they stand in the message.
office = read("office-1.json")
bytes_of = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
for entry in office["statements"]:
    message, signature = entry["signed"].split(',"signature":"')
    statement = message.removeprefix('{"statement":').encode()
    signed(bytes_of(office["office_key"]), entry["context"].encode() + statement, bytes_of(signature.removesuffix('"}')))
# "Recovery": spoken texts, and the code by HKDF (RFC 5869).
def spoken(data, count):
    symbols = lambda data, count: "".join(
        "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"[int.from_bytes(data, "big") << 5 >> 8 * len(data) - 5 * n & 31]
        for n in range(count))
    text = symbols(data, count)
    text += symbols(hashlib.sha256(b"vanggia spoken 1\n" + text.encode()).digest(), -(-(count + 2) // 4) * 4 - count)
    return "-".join(text[n:n + 4] for n in range(0, len(text), 4))
for entry in office["codes"]:
    slot, key = bytes_of(entry["slot"]), bytes_of(entry["office"])
    assert spoken(bytes([1 + (entry["lost"] != "pin")]) + slot + b"\0", 53) == entry["request"], entry
    secret = hmac.digest(key + slot, bytes_of(entry["shared"]), "sha256")
    info = b"vanggia recovery code 1: " + entry["lost"].encode()
    assert spoken(hmac.digest(secret, info + b"\1", "sha256")[:12], 18) == entry["code"], entry
vectors |= {part: office[part] for part in ("statements", "codes")}
print(*(f"{len(vectors[part])} {part}" for part in ("batches", "views", "refused", "signatures", "statements", "codes")), sep=", ")
