"""What an admin can ask of a house, and the door in the data folder it is asked at.

One module of requests a subject, gathered in `requests`; `door` takes one at a time and answers.
"""
