"""How many processors a thread computes with."""

import ctypes

import torch


def compute_alone() -> None:
    """Lets this thread compute without helpers; every other thread keeps the number it has.

    `torch.set_num_threads` reaches further: with it MKL and all threads begun later change too, and the last digits
    of every later answer with them. OpenMP's own number is of the thread that sets it. Where no such function is
    loaded nothing is set: a training then shares its processors with the bench.
    """
    torch.get_num_threads()  # a thread takes over the process's number when it first asks: not after what follows
    set_threads = getattr(ctypes.CDLL(None), "omp_set_num_threads", None)
    if set_threads:
        set_threads(ctypes.c_int(1))
