"""A server of language models with an OpenAI-compatible API on loopback: chat completions with tools, and its errors.

As https://platform.openai.com/docs/api-reference/chat/create and …/docs/guides/error-codes.
"""

import itertools
import json
import time
from collections.abc import Callable

from integrations.simulators.server import Call, Json, ProviderServer, Reply

KEY, MODEL = "sk-proj-of-this-desk-alone-4f9a", "gpt-4.1-mini"
WINDOW = 128_000  # tokens that the model reads at once
TOKEN = 4  # characters, about

Says = Callable[[Json], Json]


def repeats(body: Json) -> Json:
    said = json.loads(body["messages"][-1]["content"]) if len(body["messages"]) > 1 else {"text": "OK"}
    return {"content": f"You said: {said['text']}"}


def calls(name: str, arguments: Json | str) -> Json:
    """A message that calls a tool."""
    written = arguments if isinstance(arguments, str) else json.dumps(arguments)
    function = {"name": name, "arguments": written}
    return {"content": None, "tool_calls": [{"id": "call_1", "type": "function", "function": function}]}


class ModelServer(ProviderServer):
    """`says`: the model, from the body of a call to its message. `wants`: its word for the length of an answer;
    `quota`: tokens that the account has left, None for any number."""

    def __init__(self, says: Says = repeats, *, port: int = 0) -> None:
        super().__init__(port=port)
        self.says, self.key, self.wants = says, KEY, "max_completion_tokens"
        self.quota: int | None = None
        self.finish_reason, self.counts = "", True
        self.asked: list[Json] = []
        self._numbers = itertools.count(1)

    def answer(self, call: Call) -> Reply:
        if self.key and call.headers.get("authorization") != f"Bearer {self.key}":
            said = "Incorrect API key provided: sk-…. You can find your API key at https://platform.openai.com."
            return refusal(401, said, "invalid_request_error", "invalid_api_key")
        if call.method == "GET" and call.path == "/models":
            return Reply({"object": "list", "data": [{"id": MODEL, "object": "model", "owned_by": "system"}]})
        if call.method == "POST" and call.path == "/chat/completions":
            return self.completes(call.json)
        return refusal(404, f"Invalid URL ({call.method} {call.path})", "invalid_request_error")

    def completes(self, body: Json) -> Reply:
        if body.get("model") != MODEL:
            said = f"The model `{body.get('model')}` does not exist or you do not have access to it."
            return refusal(404, said, "invalid_request_error", "model_not_found")
        named = next((name for name in ("max_tokens", "max_completion_tokens") if name in body), self.wants)
        if named != self.wants:
            said = f"Unsupported parameter: '{named}' is not supported with this model. Use '{self.wants}' instead."
            return refusal(400, said, "invalid_request_error", "unsupported_parameter", named)
        read = len(json.dumps([body["messages"], body.get("tools")])) // TOKEN
        if read > WINDOW:
            said = f"This model's maximum context length is {WINDOW} tokens. However, your messages resulted in {read}."
            return refusal(400, said, "invalid_request_error", "context_length_exceeded", "messages")
        if self.quota is not None and self.quota < read:
            said = "You exceeded your current quota, please check your plan and billing details."
            return refusal(429, said, "insufficient_quota", "insufficient_quota")
        self.asked.append(body)
        return self.completed(body, read)

    def completed(self, body: Json, read: int) -> Reply:
        message = {"role": "assistant", "refusal": None, **self.says(body)}
        ended = self.finish_reason or ("tool_calls" if message.get("tool_calls") else "stop")
        written = len(json.dumps(message)) // TOKEN
        if self.quota is not None:
            self.quota -= read + written
        usage = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
        return Reply(
            {
                "id": f"chatcmpl-{next(self._numbers)}",
                "object": "chat.completion",
                "created": int(time.time()),
                "model": MODEL,
                "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": ended}],
                **({"usage": usage} if self.counts else {}),
            }
        )

    def refusal_down(self, call: Call) -> Reply:
        return refusal(503, "The engine is currently overloaded, please try again later", "server_error")

    def refusal_busy(self, call: Call) -> Reply:
        return refusal(429, "Rate limit reached for requests", "requests", "rate_limit_exceeded")


def refusal(status: int, message: str, kind: str, code: str | None = None, param: str | None = None) -> Reply:
    return Reply({"error": {"message": message, "type": kind, "param": param, "code": code}}, status)
