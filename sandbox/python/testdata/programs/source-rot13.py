# coding: rot13
cevag("uryyb")
