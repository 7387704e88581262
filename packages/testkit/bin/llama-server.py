#!/usr/bin/env python3
"""llama-server with some of its flags, from the Python wheel xllamacpp, which compiles llama-server's own HTTP code in.

Prints its address once the model is loaded; from its first moment on it answers 503, as llama-server does. One thread evaluates: more are slower
on a tiny model. A model that embeds or ranks needs --embeddings or --reranking. Flags of llama-server that are not listed here are ignored: Docker
Model Runner passes some.
"""

import argparse
import threading

import xllamacpp


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-m", "--model", required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("-c", "--ctx-size", type=int)
    parser.add_argument("-np", "--parallel", type=int)
    parser.add_argument("-a", "--alias")
    parser.add_argument("--api-key")
    parser.add_argument("--sleep-idle-seconds", type=int)
    parser.add_argument("--metrics", action="store_true")
    parser.add_argument("--no-slots", action="store_true")
    parser.add_argument("--embeddings", action="store_true")
    parser.add_argument("--reranking", action="store_true")
    return parser.parse_known_args()[0]


def parameters(args):
    params = xllamacpp.CommonParams()
    params.model.path = args.model
    params.hostnames, params.port = [args.host], args.port
    params.cpuparams.n_threads = 1
    params.use_jinja = True
    params.endpoint_props = True
    params.endpoint_metrics = args.metrics
    params.endpoint_slots = not args.no_slots
    params.embedding = args.embeddings or args.reranking
    if args.reranking:
        params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_RANK
    if args.ctx_size is not None:
        params.n_ctx = args.ctx_size
    if args.parallel is not None:
        params.n_parallel = args.parallel
    if args.alias is not None:
        params.model_alias = {args.alias}
    if args.api_key is not None:
        params.api_keys = [args.api_key]
    if args.sleep_idle_seconds is not None:
        params.sleep_idle_seconds = args.sleep_idle_seconds
    return params


# Kept in a variable: a server that Python collects stops serving.
server = xllamacpp.Server(parameters(arguments()))
print(f"listening on {server.listening_address}", flush=True)
threading.Event().wait()
