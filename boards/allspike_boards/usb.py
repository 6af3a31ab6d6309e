"""The boards as they show on USB, for `allspike.open("icebreaker")`."""

from allspike.link.discovery import UsbBoard

from .catalog import BOARDS

USB_BOARDS = [
    UsbBoard(board.name, usb.vid, usb.pid, usb.product, usb.channel)
    for board in BOARDS.values()
    if (usb := board.usb) is not None
]
