# The same for modules which a program seldom uses, and a class of the library.
import argparse
import csv
import datetime
import decimal
import enum
import fractions
import statistics
import uuid
import sys


class D:
    def __init__(self, n, write=sys.stdout.write):
        self.n = n
        self.write = write

    def __del__(self):
        self.write("del %s\n" % self.n)


for m in statistics, uuid, argparse, csv, fractions, enum:
    m.zz_mine = D(m.__name__)
argparse.ArgumentParser.mine = D("class attribute of argparse")
enum.Enum.mine2 = D("class attribute of enum")
fractions.Fraction.mine = D("class attribute of fractions")
x = fractions.Fraction(1, 2)
print(datetime.date(2020, 1, 1), decimal.Decimal(1), x)
