# An own package json.
import json
import json.decoder
print(json.__path__, json.decoder.where, json.__spec__.origin)
import logging.config
import urllib.request
print(json.loads)
