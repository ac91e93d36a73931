# Objects held by attributes of many standard modules: which are destroyed and when.
import collections
import json
import logging
import os
import random
import re
import string
import threading
import builtins
import sys


class D:
    def __init__(self, n, out=sys.stdout):
        self.n = n
        self.out = out

    def __del__(self):
        self.out.write("del %s\n" % self.n)


for m in json, random, os, re, collections, string, threading, logging, os.path, json.decoder:
    m.mine = D(m.__name__)
main = D("main global")
print("end")
