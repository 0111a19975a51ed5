"""Asterisk and what is made of it: FreePBX, Issabel …"""
