"""Mail servers that misbehave as they are told to, on raw sockets; and how a test waits for others and ends them."""

import base64
import os
import re
import signal
import socket
import threading
import time


def until(holds, seconds=120):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def kill(worker):
    """A process and its children, without a chance to finish anything."""
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(60)


class Server:
    """Talks to each caller in a thread of its own until it is closed."""

    def __init__(self):
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.callers = []
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.listening.shutdown(socket.SHUT_RDWR)  # wakes the accepting thread, which would take one more caller
        self.listening.close()
        for caller in self.callers:
            caller.close()

    def _accept(self):
        while True:
            try:
                caller, _ = self.listening.accept()
            except OSError:
                return
            self.callers.append(caller)
            threading.Thread(target=self._talk, args=(caller,), daemon=True).start()

    def _talk(self, caller):
        try:
            with caller, caller.makefile("rwb") as line:
                self.talk(line)
        except (OSError, ValueError):
            return

    def say(self, line, *words):
        for word in words:
            line.write(word if isinstance(word, bytes) else word.encode() + b"\r\n")
        line.flush()


class Smtp(Server):
    """`answers` by command: a line to say; "hang" or "die" in its place. "." stands for the end of the mail."""

    def __init__(self, **answers):
        self.answers, self.taken, self.commands = answers, [], []
        super().__init__()

    def talk(self, line):
        self.say(line, self.answers.get("hello", "220 scripted"))
        while command := line.readline():
            self.commands.append(command)
            verb = command.split()[0].decode().upper().rstrip(":") if command.strip() else ""
            if verb == "QUIT":
                self.say(line, "221 bye")
                return
            if not self.answer(line, verb, "354 go on" if verb == "DATA" else "250 fine"):
                return
            if verb == "DATA" and "data" not in self.answers and not self.take(line):
                return

    def take(self, line):
        mail = b""
        while (part := line.readline()) not in (b".\r\n", b""):
            mail += part
        if self.answers.get("end") not in (None, "hang", "die") and not self.answers["end"].startswith("2"):
            return self.answer(line, "end", "")
        self.taken.append(mail)
        return self.answer(line, "end", "250 taken")

    def answer(self, line, name, usual):
        word = self.answers.get(name.lower(), usual)
        if word == "hang":
            threading.Event().wait(20)
            return False
        if word == "die":
            return False
        self.say(line, word)
        return True


class Imap(Server):
    """As much IMAP as the desk speaks. `breaks_at` hangs up when that mail is asked for, `refuses` answers NO."""

    def __init__(self, mails, *, uidvalidity=1, breaks_at=None, refuses=None):
        self.mails, self.uidvalidity, self.breaks_at, self.refuses = mails, uidvalidity, breaks_at, refuses
        self.sign_ins = []
        super().__init__()

    def talk(self, line):
        self.say(line, "* OK scripted")
        while command := line.readline().decode():
            tag, _, rest = command.strip().partition(" ")
            verb = rest.upper()
            if verb.startswith("CAPABILITY"):
                self.say(line, "* CAPABILITY IMAP4rev1", f"{tag} OK done")
            elif verb.startswith(("EXAMINE", "SELECT")):
                validity = f"* OK [UIDVALIDITY {self.uidvalidity}] here"
                self.say(line, f"* {len(self.mails)} EXISTS", validity, f"{tag} OK [READ-ONLY] done")
            elif verb.startswith("UID SEARCH"):
                self.say(line, "* SEARCH " + " ".join(map(str, sorted(self.mails))), f"{tag} OK done")
            elif verb.startswith("UID FETCH"):
                if not self.fetch(line, tag, rest):
                    return
            elif verb.startswith("AUTHENTICATE"):
                self.say(line, "+")
                self.sign_ins.append(base64.b64decode(line.readline()))
                self.say(line, f"{tag} OK done")
            elif verb.startswith("LOGOUT"):
                self.say(line, "* BYE", f"{tag} OK done")
                return
            else:
                self.say(line, f"{tag} OK done")

    def fetch(self, line, tag, rest):
        uids = uids_in(re.match(r"UID FETCH (\S+)", rest, re.I)[1], self.mails)
        if "BODY" in rest and self.breaks_at in uids:
            return False
        if "BODY" in rest and self.refuses in uids:
            self.say(line, f"{tag} NO [SERVERBUG] cannot read it")
            return True
        for number, uid in enumerate(uids, 1):
            mail = self.mails[uid]
            if "BODY" in rest:
                self.say(line, f"* {number} FETCH (UID {uid} BODY[] {{{len(mail)}}}", mail, b")\r\n")
            else:
                self.say(
                    line,
                    f'* {number} FETCH (UID {uid} RFC822.SIZE {len(mail)} INTERNALDATE "21-Nov-2026 10:00:00 +0000")',
                )
        self.say(line, f"{tag} OK done")
        return True


def uids_in(text, mails):
    asked = []
    for part in text.split(","):
        first, _, last = part.partition(":")
        asked += range(int(first), int(last or first) + 1)
    return [uid for uid in asked if uid in mails]


class Dripping(Server):
    """A web server that gives a byte of its file now and then, and never ends; or, when told, the whole of it."""

    def __init__(self, body, *, every=1.0):
        self.body, self.every, self.hangs = body, every, True
        super().__init__()

    def talk(self, line):
        while line.readline().strip():
            continue
        head = f"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: {len(self.body)}\r\n"
        self.say(line, head.encode(), b"Connection: close\r\n\r\n")
        if not self.hangs:
            self.say(line, self.body)
            return
        for byte in self.body:
            self.say(line, bytes([byte]))
            time.sleep(self.every)
