"""FreeSWITCH and what is made of it: FusionPBX …"""
